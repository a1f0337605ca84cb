import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { AudioEngines, NoiseMode } from '@jiga/audio';

import { listenTo, openStream } from './hear.js';
import { Material, RATE_HZ } from './material.js';

export interface CostRow {
  readonly what: string;
  /** Of the whole process, per second of one stream's sound. */
  readonly cpuMsPerSecond: number;
}

export interface StreamsResult {
  readonly streams: number;
  readonly seconds: number;
  readonly cpuMsPerStreamSecond: number;
  /** From the push of 100 ms of sound to its windows. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly loopP99Ms: number;
  readonly modes: string;
}

const cpuMs = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

/** Processor time of each kind of stream, one at a time, without waiting for the sound. */
export async function benchCost(engines: AudioEngines): Promise<CostRow[]> {
  const sound = (await new Material(engines).gameSounds())[0] ?? new Float32Array(0);
  const rows: CostRow[] = [];
  for (const [noise, echo] of [
    ['off', false],
    ['light', false],
    ['light', true],
    ['full', false],
    ['full', true],
  ] as const) {
    rows.push(await costOf(engines, sound, noise, echo));
  }
  return rows;
}

async function costOf(engines: AudioEngines, sound: Float32Array, noise: NoiseMode, echo: boolean): Promise<CostRow> {
  const stream = openStream(engines, noise, echo);
  const play = (from: number, to: number): void => {
    if (echo) stream.play(sound.slice(from, to), RATE_HZ);
  };
  await listenTo(stream, sound, play);
  const before = process.cpuUsage();
  await listenTo(stream, sound, play);
  const spent = cpuMs(before);
  stream.close();
  return { what: `${noise}${echo ? ' + echo' : ''} + detection`, cpuMsPerSecond: spent / (sound.length / RATE_HZ) };
}

/** Streams side by side at the pace of sound, each asking for all that there is. */
export async function benchStreams(engines: AudioEngines, streams: number, seconds: number): Promise<StreamsResult> {
  const sound = (await new Material(engines).gameSounds())[1] ?? new Float32Array(0);
  const open = Array.from({ length: streams }, () => openStream(engines, 'full', true));
  for (const stream of open) await stream.push(sound.slice(0, RATE_HZ));
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const before = process.cpuUsage();
  const latencies: number[] = [];
  const chunk = RATE_HZ / 10;
  await Promise.all(
    open.map(async (stream, index) => {
      await pause((index / streams) * 100);
      const begin = performance.now();
      const waiting: Promise<void>[] = [];
      for (let tick = 0; tick < seconds * 10; tick++) {
        const pcm = sound.slice((tick % 250) * chunk, (tick % 250) * chunk + chunk);
        if (tick % 50 < 20) stream.play(pcm, RATE_HZ);
        const at = performance.now();
        waiting.push(stream.push(pcm).then(() => void latencies.push(performance.now() - at)));
        await pause(begin + (tick + 1) * 100 - performance.now());
      }
      await Promise.all(waiting);
    }),
  );
  const spent = cpuMs(before);
  loop.disable();
  const modes = [...new Set(open.map(({ state }) => state.noise))].map(
    (mode) => `${open.filter(({ state }) => state.noise === mode).length} ${mode}`,
  );
  for (const stream of open) stream.close();
  latencies.sort((a, b) => a - b);
  const at = (part: number): number => latencies[Math.floor(latencies.length * part)] ?? 0;
  return {
    streams,
    seconds,
    cpuMsPerStreamSecond: spent / streams / seconds,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    loopP99Ms: loop.percentile(99) / 1e6,
    modes: modes.join(', '),
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
