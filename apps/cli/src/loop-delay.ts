import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How long an event loop was held up beyond its timers' due time, milliseconds. */
export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * What the server's loop suffered, and what a thread beside it did that has nothing to do. The second is the machine's own
 * doing (other programs on its cores); only what the first has above it is the server's.
 */
export interface ServerLoopDelay {
  readonly server: LoopDelay;
  readonly idleThread: LoopDelay;
}

/** The monitor's timer fires so often; what it records is this much plus the delay. */
const RESOLUTION_MS = 2;

/** Watches the event loop of the calling thread from now on. */
export function watchLoop(): { reset: () => void; read: () => LoopDelay } {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const delayMs = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  return {
    reset: () => histogram.reset(),
    read: () => ({
      p50Ms: delayMs(histogram.percentile(50)),
      p99Ms: delayMs(histogram.percentile(99)),
      maxMs: delayMs(histogram.max),
    }),
  };
}
