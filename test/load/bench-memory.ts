import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '@jiga/platform';
import { positiveNumber, readOptions } from '../../apps/cli/src/arguments.js';
import { percentile } from '../../apps/cli/src/percentiles.js';
import { startServer, type ServerProcess } from '../../apps/cli/src/server-process.js';
import { createSession } from './bench-flow/api.js';
import { rounded, save } from './bench-flow/machine.js';
import { clipPictures } from './bench-flow/pictures.js';
import { Player, play } from './bench-flow/player.js';
import { slopeOf } from './bench-flow/slope.js';
import { readMemory } from './bench-ingest/process-memory.js';

const USAGE = `npm run bench:memory -- [options]

Time from start to ready, memory of an idle session, of a server with one active session, and its slope over a long run.

  --sessions N   idle ones (default 1000)
  --minutes N    of the active one (default 5)
  --starts N     of the server (default 5)
`;

const FPS = 5;
const SETTLE_MS = 4_000;
const CREATED_AT_ONCE = 20;
const SAMPLE_SECONDS = 5;
/** Caches fill and code is compiled in this part of the run. */
const WARM_UP_PART = 0.25;
/** The slope is of what is held. To keep one of the five frames of each second would be twice as much. */
const LIMITS = { startMs: 2_500, idleSessionKib: 100, activeMib: 350, slopeKibPerMinute: 400 } as const;
/** Garbage is collected before memory is read, so that it does not count as memory of idle sessions. */
const IDLE_NODE_OPTIONS = ['--expose-gc', '--max-semi-space-size=4'];
const GC_MS = 500;
/** The events that a session keeps for those who come back have a bound, which takes a quarter of an hour to reach. Here it is soon. */
const FEW_EVENTS = { JIGA_TIMELINE_REPLAY_EVENTS: '30' };

const values = readOptions(USAGE, {
  sessions: { type: 'string', default: '1000' },
  minutes: { type: 'string', default: '5' },
  starts: { type: 'string', default: '5' },
});
const sessions = positiveNumber('--sessions', values.sessions);
const minutes = positiveNumber('--minutes', values.minutes);

async function withServer<T>(
  nodeOptions: readonly string[],
  settings: Environment,
  use: (server: ServerProcess) => Promise<T>,
): Promise<T> {
  const many = '1000000';
  const environment = {
    JIGA_SESSIONS_MAX: '100000',
    JIGA_SESSIONS_PER_CREDENTIAL_MAX: '100000',
    JIGA_RATE_LIMIT_REQUESTS: many,
    ...settings,
  };
  const server = await startServer({ environment, nodeOptions });
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

async function startTimes(): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < positiveNumber('--starts', values.starts); i++) {
    const startedAt = performance.now();
    const server = await startServer();
    times.push(performance.now() - startedAt);
    await server.close();
  }
  return times;
}

async function createMany(server: ServerProcess, count: number, request: object): Promise<void> {
  for (let made = 0; made < count; made += CREATED_AT_ONCE) {
    await Promise.all(Array.from({ length: CREATED_AT_ONCE }, () => createSession(server, request)));
  }
  await delay(SETTLE_MS);
}

/** KiB. Resident memory comes in steps, since V8 takes it in advance and keeps it; what is held does not. */
interface Settled {
  readonly resident: number;
  /** Heap in use and external memory, of the main thread. */
  readonly held: number;
}

async function settledMemory(server: ServerProcess): Promise<Settled> {
  server.collectGarbage();
  await delay(GC_MS);
  const { rss, heapUsed, external } = await readMemory(server);
  return { resident: rss / 1024, held: (heapUsed + external) / 1024 };
}

/** What each of many more sessions adds: the first ones warm the server up. */
function idleKib(request: object): Promise<Settled> {
  return withServer(IDLE_NODE_OPTIONS, {}, async (server) => {
    await createMany(server, sessions, request);
    const before = await settledMemory(server);
    await createMany(server, sessions, request);
    const after = await settledMemory(server);
    return {
      resident: (after.resident - before.resident) / sessions,
      held: (after.held - before.held) / sessions,
    };
  });
}

interface Run {
  readonly activeMib: number;
  readonly peakMib: number;
  /** By the method of least squares, after the warm-up. */
  readonly slopeKibPerMinute: Settled;
}

async function activeRun(): Promise<Run> {
  const pictures = await clipPictures({ width: 480, height: 270 }, FPS, 75);
  return withServer(['--expose-gc'], FEW_EVENTS, async (server) => {
    const player = await Player.open(server, { game: 'openarena' }, pictures, 0);
    const samples: { readonly minute: number; readonly memory: Settled }[] = [];
    for (let second = 0; second < minutes * 60; second += SAMPLE_SECONDS) {
      await play([player], FPS, SAMPLE_SECONDS - GC_MS / 1000);
      samples.push({ memory: await settledMemory(server), minute: (second + SAMPLE_SECONDS) / 60 });
    }
    player.close();
    const settled = samples.slice(Math.floor(samples.length * WARM_UP_PART));
    const slope = (kind: keyof Settled): number =>
      slopeOf(settled.map(({ minute, memory }) => ({ x: minute, y: memory[kind] })));
    const all = samples.map(({ memory }) => memory.resident / 1024);
    return {
      activeMib: percentile(all, 0.5) ?? 0,
      peakMib: Math.max(...all),
      slopeKibPerMinute: { resident: slope('resident'), held: slope('held') },
    };
  });
}

const starts = await startTimes();
const startMs = percentile(starts, 0.5);
const idle = await idleKib({ skills: [] });
const idleHighSpeed = await idleKib({ skills: [], high_speed_vision: true });
const run = await activeRun();
const row = (what: string, measured: number | null, limit: number | null, unit: string): object => ({
  what,
  measured: rounded(measured),
  limit,
  ratio: limit === null || measured === null ? null : rounded(measured / limit, 2),
  unit,
});
const rows = [
  row('start to ready (median)', startMs, LIMITS.startMs, 'ms'),
  row('idle session, resident', idle.resident, LIMITS.idleSessionKib, 'KiB'),
  row('idle session, held', idle.held, null, 'KiB'),
  row('idle high-speed session with its own socket, resident', idleHighSpeed.resident, LIMITS.idleSessionKib, 'KiB'),
  row('idle high-speed session with its own socket, held', idleHighSpeed.held, null, 'KiB'),
  row('server with one active session (median)', run.activeMib, LIMITS.activeMib, 'MiB'),
  row('the same at its peak', run.peakMib, LIMITS.activeMib, 'MiB'),
  row(`slope of resident memory over ${minutes} min`, run.slopeKibPerMinute.resident, null, 'KiB a minute'),
  row('slope of what is held', run.slopeKibPerMinute.held, LIMITS.slopeKibPerMinute, 'KiB a minute'),
];
console.table(rows);
await save('memory', { sessions, minutes, starts: starts.map((ms) => rounded(ms)), rows });
