import type { ProviderError } from '../provider-error.js';

const FIRST_DELAY_MS = 250;
/** Longer than this nobody waits: the next of the chain is asked instead. */
const LONGEST_DELAY_MS = 2_000;

/**
 * How long to wait before the same provider is asked again; null = do not. Full jitter, so that sessions that failed
 * together do not come back together.
 * @param tries calls made so far
 * @param random 0–1
 */
export function retryDelayMs(error: ProviderError, tries: number, random: number): number | null {
  if (!error.isTransient) return null;
  if (error.retryAfterMs !== null) return error.retryAfterMs <= LONGEST_DELAY_MS ? error.retryAfterMs : null;
  return random * Math.min(FIRST_DELAY_MS * 2 ** (tries - 1), LONGEST_DELAY_MS);
}
