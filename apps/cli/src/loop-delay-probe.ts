/**
 * Loaded into the server's process with `--import`: measures how long its event loop is held up, and tells on request
 * over the IPC channel. It also ends the server when its parent is gone, however that ended.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { LoopDelay } from './loop-delay.js';

/** The monitor's timer fires so often; what it records is this much plus the delay. */
const RESOLUTION_MS = 2;

const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
histogram.enable();

const delayMs = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);

process.on('message', (request) => {
  if (request === 'reset_loop_delay') histogram.reset();
  if (request !== 'read_loop_delay') return;
  const [p50Ms, p99Ms] = [histogram.percentile(50), histogram.percentile(99)].map(delayMs) as [number, number];
  const answer: LoopDelay = { p50Ms, p99Ms, maxMs: delayMs(histogram.max) };
  process.send?.(answer);
});
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// A listener for messages would otherwise keep the server's process alive after its own work has ended.
process.channel?.unref();
