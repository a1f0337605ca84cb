import type { CancelTimer, Clock } from '@jiga/contracts';

import type { LiveSession } from '../live-session.js';

export type ExpiryReason = 'idle_timeout' | 'max_duration';

/**
 * Tells once when a session has lasted as long as it may, or has been left alone for as long as it may be: the last
 * frame, utterance, new socket or changed setting counts (see LiveSession.activeAtMs). Returns what ends the watch.
 */
export function watchExpiry(live: LiveSession, clock: Clock, expire: (reason: ExpiryReason) => void): CancelTimer {
  const { idle_timeout_seconds: idle, max_duration_seconds: most } = live.configuration;
  const timers = new Map<ExpiryReason, CancelTimer>();
  if (most !== null)
    timers.set(
      'max_duration',
      clock.after(most * 1000, () => expire('max_duration')),
    );
  if (idle !== null) lookAgain(idle * 1000);
  return () => {
    for (const cancel of timers.values()) cancel();
  };

  /** One timer a session: it is set anew only when it fires, not at every frame. */
  function lookAgain(delayMs: number): void {
    timers.set(
      'idle_timeout',
      clock.after(delayMs, () => {
        const leftMs = live.activeAtMs + (idle ?? 0) * 1000 - clock.monotonicMs();
        if (leftMs > 0) lookAgain(leftMs);
        else expire('idle_timeout');
      }),
    );
  }
}
