import type { CallRefusal, Capability } from '@jiga/contracts';

import type { ProviderError, ProviderFailure } from '../provider-error.js';
import type { ChainEntry } from '../provider.registry.js';

/** Why an entry of the chain did not serve: it failed, or was not asked. */
export interface Miss {
  readonly entry: ChainEntry;
  readonly reason: ProviderFailure | CallRefusal | 'off' | 'open';
  /** Null when it was not asked. */
  readonly error: ProviderError | null;
}

const REASONS: Readonly<Record<Exclude<Miss['reason'], ProviderFailure>, string>> = {
  off: 'it is off',
  open: 'it failed before and is left alone for a while',
  degraded: "the session's budget is nearly spent",
  busy: "calls under way may use up the session's budget",
  spent: "the session's budget is spent",
  unpriced: "the session's money is limited and no price of the model is known",
};

/** Nobody of a chain served; `message` says why each of them did not. Callers go on without, so no client sees it. */
export class NotServedError extends Error {
  override readonly name = 'NotServedError';
}

/** What is thrown when nobody of the chain served. @param hints how to turn the capability on */
export function giveUp(capability: Capability, misses: readonly Miss[], hints: readonly string[]): NotServedError {
  if (misses.length === 0) return new NotServedError(`This server has no ${capability}. ${hints.join(' ')}`.trim());
  const cause = misses.findLast(({ error }) => error !== null)?.error;
  return new NotServedError(`No ${capability}: ${misses.map(describe).join('; ')}.`, { cause });
}

function describe({ entry, reason, error }: Miss): string {
  const why = error ? error.message.replace(/\.$/, '') : REASONS[reason as keyof typeof REASONS];
  return `${entry.provider.id}:${entry.model}: ${why}`;
}
