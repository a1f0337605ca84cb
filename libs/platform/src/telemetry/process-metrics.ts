import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { Metrics } from './metrics.js';

/** Each look wakes the process: at 10 ms that was all that a server without work did, 6 ms of processor time a second. */
const RESOLUTION_MS = 20;
const QUANTILES = { '0.5': 50, '0.99': 99, '1': 100 } as const;

/** Figures of the process: event loop, memory, processor. Returns what ends the measuring. */
export function addProcessMetrics(metrics: Metrics): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  metrics.gaugeBy(
    'jiga_event_loop_delay_seconds',
    'By how much the event loop was late since it was last asked; quantile 1 is the most.',
    'quantile',
    () => {
      const read = Object.fromEntries(
        Object.entries(QUANTILES).map(([label, percent]) => [label, lateBySeconds(delay.percentile(percent))]),
      );
      delay.reset();
      return read;
    },
  );
  metrics.gaugeBy('jiga_process_memory_bytes', 'Memory of the process.', 'kind', () => {
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    return { rss, heap_used: heapUsed, external, array_buffers: arrayBuffers };
  });
  metrics.gauge('jiga_process_cpu_seconds', 'Processor time used so far.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  metrics.gauge('jiga_process_uptime_seconds', 'How long the process has run.', () => process.uptime());
  return () => void delay.disable();
}

/** The histogram holds whole intervals, in nanoseconds; before the first sample it holds nothing sensible. */
function lateBySeconds(nanoseconds: number): number {
  const ms = nanoseconds / 1e6 - RESOLUTION_MS;
  return Number.isFinite(ms) && ms > 0 && ms < 3_600_000 ? ms / 1000 : 0;
}
