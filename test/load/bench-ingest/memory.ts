import { setTimeout as delay } from 'node:timers/promises';

import { FAKE_LADDER, FakeTwitchServer, makeMedia, SAMPLE_CLIP, type FakeChannel } from '@jiga/testing';

import { percentile } from '../../../apps/cli/src/percentiles.js';
import { startServer, type ServerProcess } from '../../../apps/cli/src/server-process.js';
import { call, createSession, type CreatedSession } from '../bench-flow/api.js';
import { rounded, save } from '../bench-flow/machine.js';
import { slopeOf } from '../bench-flow/slope.js';
import { readMemory, type Memory } from './process-memory.js';

export interface MemoryBenchOptions {
  readonly minutes: number;
  readonly streams: number;
}

interface Sample {
  readonly minute: number;
  readonly memory: Memory;
}

const SAMPLE_MS = 5_000;
/** Before a sample, garbage is collected: what is left is held. */
const GC_MS = 300;
/** Caches fill and code is compiled in this part of the run. */
const WARM_UP_PART = 0.3;
/** What counts as flat. A stream that kept one frame of each second would grow by ten times as much. */
const FLAT_KIB_A_MINUTE = 64;
const MISHAP_MS = 20_000;
const KINDS = ['rss', 'heapUsed', 'external', 'arrayBuffers', 'children'] as const satisfies readonly (keyof Memory)[];

/**
 * Memory of a server that watches several channels of a fake Twitch, with advertisements, stalls, renewed addresses and
 * restarts on the way. Prints the slopes after the warm-up; returns whether what is held is flat and every stream is up.
 */
export async function benchMemory({ minutes, streams }: MemoryBenchOptions): Promise<boolean> {
  const media = await makeMedia({ clip: SAMPLE_CLIP, width: 640, height: 360, fps: 30, seconds: 24, sound: 'tone' });
  const fake = await FakeTwitchServer.listen({
    nowMs: () => Date.now(),
    media: (_rung, n) => media.segments[n % media.segments.length] ?? Buffer.alloc(0),
  });
  const server = await startServer({
    nodeOptions: ['--expose-gc'],
    environment: {
      ...fake.environment,
      JIGA_TWITCH_TOKENS_PER_MINUTE: '600',
      JIGA_INGESTED_SESSIONS_MAX: String(streams),
    },
  });
  try {
    const channels = Array.from({ length: streams }, (_, n) => fake.twitch.channel(`bench_channel_${n}`).goLive());
    for (const channel of channels) channel.rungs = FAKE_LADDER.filter(({ name }) => name === '360p');
    const sessions = await Promise.all(channels.map((channel) => watch(server, channel)));
    const samples = await observe(server, minutes, (n) => mishap(fake, channels, n));
    const stream = await health(server, sessions);
    return await report(samples, { minutes, streams }, stream);
  } finally {
    await server.close();
    await fake.close();
  }
}

/** The pictures go through the own high-speed socket to the cheap stage: ingestion, and as little besides as can be. */
const watch = (server: ServerProcess, { login }: FakeChannel): Promise<CreatedSession> =>
  createSession(server, {
    video_input_source: 'twitch',
    video_source_config: { channel_name: login },
    high_speed_vision: true,
    skills: [],
  });

async function observe(server: ServerProcess, minutes: number, disturb: (n: number) => void): Promise<Sample[]> {
  const samples: Sample[] = [];
  const startedMs = performance.now();
  let mishaps = 0;
  for (;;) {
    await delay(SAMPLE_MS - GC_MS);
    server.collectGarbage();
    await delay(GC_MS);
    const passedMs = performance.now() - startedMs;
    if (passedMs > minutes * 60_000) return samples;
    samples.push({ minute: passedMs / 60_000, memory: await readMemory(server) });
    if (passedMs >= (mishaps + 1) * MISHAP_MS) disturb(mishaps++);
  }
}

/** One channel after the other meets with everything that makes a stream begin something anew. */
function mishap(fake: FakeTwitchServer, channels: readonly FakeChannel[], n: number): void {
  const channel = channels[n % channels.length];
  if (!channel) return;
  const next = channel.edge + 1;
  const kinds = [
    () => (channel.adBreaks = [[next, next + 3]]),
    () => {
      channel.frozenAt = next;
      setTimeout(() => (channel.frozenAt = Infinity), MISHAP_MS).unref();
    },
    () => {
      let isExpired = true;
      fake.twitch.overrides.playlist = ({ url }) => {
        if (!isExpired || !url.pathname.includes(`/${channel.login}/`)) return null;
        isExpired = false;
        return { status: 403 };
      };
    },
    () => {
      channel.broadcastId = String(Number(channel.broadcastId) + 1);
      channel.goLive(10);
    },
  ];
  kinds[Math.floor(n / channels.length) % kinds.length]?.();
}

interface StreamFigures {
  readonly up: number;
  readonly frames: number;
  readonly reconnects: number;
  readonly adBreaks: number;
}

async function health(server: ServerProcess, sessions: readonly CreatedSession[]): Promise<StreamFigures> {
  interface Status {
    readonly source: { state: string; frames: number; reconnects: number; ad_breaks: number };
  }
  const all = await Promise.all(
    sessions.map(({ session_id: id }) => call<Status>(server, 'GET', `/sessions/${id}/status`)),
  );
  const sum = (pick: (source: Status['source']) => number): number =>
    all.reduce((total, { source }) => total + pick(source), 0);
  return {
    up: sum(({ state }) => Number(state !== 'failed' && state !== 'connecting')),
    frames: sum(({ frames }) => frames),
    reconnects: sum(({ reconnects }) => reconnects),
    adBreaks: sum(({ ad_breaks: adBreaks }) => adBreaks),
  };
}

async function report(
  samples: readonly Sample[],
  { minutes, streams }: MemoryBenchOptions,
  figures: StreamFigures,
): Promise<boolean> {
  const settled = samples.slice(Math.floor(samples.length * WARM_UP_PART));
  const slopes = Object.fromEntries(
    KINDS.map((kind) => [
      kind,
      slopeOf(settled.map(({ minute, memory }) => ({ x: minute, y: memory[kind] / 1024 }))) / streams,
    ]),
  );
  console.table(
    KINDS.map((kind) => {
      const mib = settled.map(({ memory }) => memory[kind] / 1024 ** 2);
      return {
        memory: kind,
        'median MiB': rounded(percentile(mib, 0.5)),
        'most MiB': rounded(Math.max(...mib)),
        'slope, KiB a minute for each stream': rounded(slopes[kind] ?? null),
      };
    }),
  );
  console.log(`${streams} streams, ${minutes} min: ${JSON.stringify(figures)}`);
  // What is held. Resident memory also has what allocators keep for later, and children come and go.
  const grows = (slopes['heapUsed'] ?? NaN) + (slopes['external'] ?? NaN);
  const isFlat = grows <= FLAT_KIB_A_MINUTE;
  const verdict = isFlat ? 'flat' : 'GROWS';
  console.log(
    `${verdict}: ${rounded(grows)} KiB a minute are held for each stream, at most ${FLAT_KIB_A_MINUTE} are allowed`,
  );
  await save('ingest-memory', { minutes, streams, slopes, figures, samples });
  return isFlat && figures.up === streams;
}
