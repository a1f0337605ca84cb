import type { Callout } from '@jiga/contracts';
import type { ExpectedEvent } from './expectation.types.js';
import { isInWindow } from './score-events.js';

/** A callout as the client got it; both times are Unix milliseconds on the same machine. */
export interface ReceivedCallout {
  readonly callout: Callout;
  readonly receivedAtMs: number;
}

export interface CalloutScore {
  readonly received: number;
  /** From the true moment of the event to the callout's arrival, milliseconds, for callouts that follow an event. */
  readonly delaysMs: readonly number[];
  /** Callouts in whose window nothing happened that the truth knows of. */
  readonly unrelated: readonly string[];
}

/**
 * Ties each callout to the latest event that it can follow, and measures the delay. Meaningful only when the clip was
 * played at its own pace.
 */
export function scoreCallouts(
  callouts: readonly ReceivedCallout[],
  events: readonly ExpectedEvent[],
  startUnixSeconds: number,
): CalloutScore {
  const delaysMs: number[] = [];
  const unrelated: string[] = [];
  for (const { callout, receivedAtMs } of callouts) {
    const t = callout.timestamp - startUnixSeconds;
    const cause = events.filter((event) => isInWindow(t, event.t)).sort((a, b) => b.t - a.t)[0];
    if (cause) delaysMs.push(receivedAtMs - (startUnixSeconds + cause.t) * 1000);
    else unrelated.push(`${t.toFixed(1)} s: ${callout.text}`);
  }
  return { received: callouts.length, delaysMs, unrelated };
}
