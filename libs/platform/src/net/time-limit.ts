import type { Clock } from '@jiga/contracts';

/** Work that may take so long at most. */
export interface TimeLimit {
  /** Aborts when the time is over, or the work is not wanted any more. */
  readonly signal: AbortSignal;
  /** Whether the time is over. */
  readonly hasPassed: boolean;
  /** The work is done. Must be called. */
  end(): void;
}

/**
 * Limits work that `wanted` ends early, with its reason. As AbortSignal.any() with a time-out, which however leaves some
 * hundred bytes on each of its signals for as long as that lives: too much on one that lives as long as the server.
 */
export function limitTime(clock: Pick<Clock, 'after'>, limitMs: number, wanted: AbortSignal): TimeLimit {
  const ending = new AbortController();
  let hasPassed = false;
  const follow = (): void => ending.abort(wanted.reason);
  const cancel = clock.after(limitMs, () => {
    hasPassed = true;
    ending.abort();
  });
  if (wanted.aborted) follow();
  else wanted.addEventListener('abort', follow, { once: true });
  return {
    signal: ending.signal,
    get hasPassed() {
      return hasPassed;
    },
    end() {
      cancel();
      wanted.removeEventListener('abort', follow);
    },
  };
}
