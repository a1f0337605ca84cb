import { MAX_ATTEMPTS_KEPT, type AttemptError, type Delivery } from './webhook.js';

/** What one attempt came to. */
export interface AttemptResult {
  readonly status: number | null;
  readonly error: AttemptError | null;
  readonly durationMs: number;
  /** What the receiver asked for with `Retry-After`, in seconds. */
  readonly retryAfterS: number | null;
}

export interface RetrySchedule {
  /** Wait before each further attempt; when they are used up the delivery is dead. */
  readonly delaysMs: readonly number[];
  /** 0–1, for the jitter. */
  readonly random: () => number;
}

/** Waits are spread by this share to both sides, so that receivers are not met by all retries at once. */
const JITTER = 0.2;
/** A receiver cannot put its deliveries off for longer. */
const MAX_RETRY_AFTER_S = 86_400;

/** The delivery after an attempt that began at `at` (Unix seconds) and ended `now`. */
export function afterAttempt(
  delivery: Delivery,
  result: AttemptResult,
  at: number,
  now: number,
  schedule: RetrySchedule,
): Delivery {
  const { status, error, durationMs } = result;
  const attempts = [...delivery.attempts, { at, status, error, durationMs }].slice(-MAX_ATTEMPTS_KEPT);
  const tried = { ...delivery, attempts, tries: delivery.tries + 1 };
  if (error === null) return { ...tried, state: 'delivered', reason: null, nextAttemptAt: null, finishedAt: now };
  if (status === 410) return dead(tried, 'gone', now);
  const delayMs = schedule.delaysMs[delivery.tries];
  if (delayMs === undefined) return dead(tried, 'attempts_exhausted', now);
  const waitS = (delayMs / 1000) * (1 + JITTER * (2 * schedule.random() - 1));
  const askedS = Math.min(result.retryAfterS ?? 0, MAX_RETRY_AFTER_S);
  return { ...tried, nextAttemptAt: now + Math.max(waitS, askedS) };
}

/** Given up, for a stable snake_case reason. */
export const dead = (delivery: Delivery, reason: string, now: number): Delivery => ({
  ...delivery,
  state: 'dead',
  reason,
  nextAttemptAt: null,
  finishedAt: now,
});

/** Due at once, with the whole schedule before it. */
export const queuedAgain = (delivery: Delivery, now: number): Delivery => ({
  ...delivery,
  state: 'pending',
  reason: null,
  tries: 0,
  nextAttemptAt: now,
  finishedAt: null,
});
