import { setTimeout as delay } from 'node:timers/promises';
import { parseSize, positiveNumber, readOptions } from '../../apps/cli/src/arguments.js';
import { percentile } from '../../apps/cli/src/percentiles.js';
import { startServer, type ServerProcess } from '../../apps/cli/src/server-process.js';
import { closeSession } from './bench-flow/api.js';
import { MachinePace } from './bench-flow/machine-pace.js';
import { canPin, pinLoad, residentKib, rounded, save } from './bench-flow/machine.js';
import { clipPictures, type Pictures } from './bench-flow/pictures.js';
import { Player, play } from './bench-flow/player.js';
import { costsByNumber, type Row, type Work } from './bench-sessions/costs.js';
import { cpuBetween, cpuTimeOf } from './bench-stream/cpu-time.js';

const USAGE = `npm run bench:sessions -- [options]

How many sessions a server holds that send 5 frames a second each and have their HUD read, and what one costs as they grow. Every row
plays whole rounds of the clip, so that one session has the same pictures to read as each of many that begin at different places of it.
A piece of work that has nothing to do with the server is done at the pace of the frames before each row with the whole analysis, which
tells how much of a difference in cost is the machine's own (machineRatio). A number may be listed more than once: costs are medians. The
server runs on cores of its own where taskset and the number of cores allow it.

  --rounds N      of the clip in each row (default 1)
  --cores LIST    of the server, one table for each (default 1,2)
  --counts LIST   of sessions with the whole analysis (default 1,5,10,15,20,25,30,40,50)
  --grow LIST     of sessions with the cheap stage alone (default 1,10,100)
  --size WxH      of the frames (default 480x270)
  --quality N     of their JPEG, 1-100 (default 75)
  --cache C       on (default); off: all play the same clip, and each reads all of its text itself
`;

const FPS = 5;
/** Before the first row: models are loaded and code is compiled once, which is no session's cost. All of the clip is seen. */
const SERVER_WARM_UP_SECONDS = 14;
const SERVER_WARM_UP_SESSIONS = 10;
/** Before each row: a session begins with a HUD that it does not know. */
const WARM_UP_SECONDS = 5;
/** What a server without sessions takes is measured for so long, and is no session's cost. */
const IDLE_SECONDS = 3;
/** Up to this 95th percentile, and without a lost frame, a number of sessions is held. */
const HELD_P95_MS = 250;
const MISSES = 2;

const values = readOptions(USAGE, {
  rounds: { type: 'string', default: '1' },
  cores: { type: 'string', default: '1,2' },
  counts: { type: 'string', default: '1,5,10,15,20,25,30,40,50' },
  grow: { type: 'string', default: '1,10,100' },
  size: { type: 'string', default: '480x270' },
  quality: { type: 'string', default: '75' },
  cache: { type: 'string', default: 'on' },
});
const sharing = { high_speed_config: { enable_caching: values.cache !== 'off' } };
const WORK: Readonly<Record<Work, object>> = {
  'full HUD': { game: 'openarena', ...sharing },
  'cheap stage': { skills: [] },
};
/** Empty for `''`, which leaves those rows out. */
const list = (name: string, text: string): number[] =>
  text === '' ? [] : text.split(',').map((part) => positiveNumber(name, part));
const rows: Row[] = [];

interface Setting {
  readonly cores: number;
  /** Milliseconds of processor time a second of the server without sessions. */
  readonly idleMs: number;
  readonly pace: MachinePace | null;
}

/** Players who begin at places of the clip that are evenly apart. */
async function openPlayers(server: ServerProcess, work: Work, count: number): Promise<Player[]> {
  const players: Player[] = [];
  for (let i = 0; i < count; i++) {
    const first = Math.floor((pictures.jpegs.length * i) / count);
    players.push(await Player.open(server, WORK[work], pictures, first));
  }
  return players;
}

async function leave(server: ServerProcess, players: readonly Player[]): Promise<void> {
  for (const player of players) player.close();
  await Promise.all(players.map(({ session }) => closeSession(server, session)));
}

async function warmUp(server: ServerProcess, work: Work): Promise<void> {
  const players = await openPlayers(server, work, SERVER_WARM_UP_SESSIONS);
  await play(players, FPS, SERVER_WARM_UP_SECONDS);
  await leave(server, players);
}

async function measure(server: ServerProcess, work: Work, count: number, setting: Setting): Promise<Row> {
  const { cores, idleMs } = setting;
  const machineMs = (await setting.pace?.costAt(count * FPS)) ?? null;
  const players = await openPlayers(server, work, count);
  await play(players, FPS, WARM_UP_SECONDS);
  for (const player of players) player.reset();
  const before = cpuTimeOf(server.pid);
  const startedAt = performance.now();
  await play(players, FPS, seconds);
  const lastedS = (performance.now() - startedAt) / 1000;
  const cpu = cpuBetween(before, cpuTimeOf(server.pid));
  const rssKib = residentKib(server.pid);
  // The answers to the last frames are still to come.
  await play(players, 0.001, 1);
  const figures = players.map((player) => player.read());
  await leave(server, players);
  const latencies = figures.flatMap(({ latenciesMs }) => latenciesMs);
  const lost = figures.reduce((sum, { sent, latenciesMs }) => sum + Math.max(0, sent - latenciesMs.length), 0);
  const p95Ms = percentile(latencies, 0.95);
  const cost = cpu && (cpu.allMs / lastedS - idleMs) / count;
  const heavyPerSecond = figures.reduce((sum, { heavy }) => sum + heavy, 0) / lastedS / count;
  const perHeavy = heavyPerSecond === 0 ? null : cost && cost / heavyPerSecond;
  return {
    work,
    cores,
    sessions: count,
    p50Ms: rounded(percentile(latencies, 0.5)),
    p95Ms: rounded(p95Ms),
    p99Ms: rounded(percentile(latencies, 0.99)),
    lost,
    heavyPerSecond: Math.round(heavyPerSecond * 100) / 100,
    cpuMsPerSessionSecond: rounded(cost, 2),
    cpuMsPerHeavy: rounded(perHeavy, 2),
    idleCpuMs: Math.round(idleMs * 10) / 10,
    machineMs: rounded(machineMs, 2),
    rssMib: rounded(rssKib && rssKib / 1024),
    isHeld: p95Ms !== null && p95Ms <= HELD_P95_MS && lost === 0,
  };
}

async function withServer(
  cores: number,
  work: Work,
  use: (server: ServerProcess, setting: Setting) => Promise<void>,
): Promise<void> {
  const server = await startServer({
    cpus: canPin ? Array.from({ length: cores }, (_, i) => i).join(',') : null,
    environment: { JIGA_SESSIONS_PER_CREDENTIAL_MAX: '1000', JIGA_SESSIONS_MAX: '1000' },
  });
  const pace = work === 'full HUD' ? await MachinePace.start(0) : null;
  try {
    await warmUp(server, work);
    await delay(IDLE_SECONDS * 1000);
    const before = cpuTimeOf(server.pid);
    await delay(IDLE_SECONDS * 1000);
    const idleMs = (cpuBetween(before, cpuTimeOf(server.pid))?.allMs ?? 0) / IDLE_SECONDS;
    await use(server, { cores, idleMs, pace });
  } finally {
    pace?.stop();
    await server.close();
  }
}

const pictures: Pictures = await clipPictures(parseSize(values.size), FPS, positiveNumber('--quality', values.quality));
const seconds = (positiveNumber('--rounds', values.rounds) * pictures.jpegs.length) / FPS;
console.log(`pictures of ${values.size}: ${pictures.meanBytes} bytes on average; ${FPS} a second from each session`);
pinLoad();
for (const cores of list('--cores', values.cores)) {
  await withServer(cores, 'full HUD', async (server, setting) => {
    let missed = 0;
    for (const count of list('--counts', values.counts)) {
      const row = await measure(server, 'full HUD', count, setting);
      rows.push(row);
      console.table([row]);
      missed = row.isHeld ? 0 : missed + 1;
      // One miss may be the machine's own doing.
      if (missed === MISSES) break;
    }
  });
}
const growing = list('--grow', values.grow);
if (growing.length > 0) {
  await withServer(1, 'cheap stage', async (server, setting) => {
    for (const count of growing) rows.push(await measure(server, 'cheap stage', count, setting));
  });
}
console.table(rows);
const costs = costsByNumber(rows);
console.table(costs);
const capacity = list('--cores', values.cores).map((cores) => {
  const ofCores = rows.filter((row) => row.work === 'full HUD' && row.cores === cores);
  const held = Math.max(0, ...ofCores.filter(({ isHeld }) => isHeld).map(({ sessions }) => sessions));
  // Of the most sessions, which are nearest to a full core.
  const [most] = costs
    .filter((cost) => cost.work === 'full HUD' && cost.cores === cores)
    .toSorted((a, b) => b.sessions - a.sessions);
  const cost = most?.cpuMsPerSessionSecond ?? null;
  return { cores, held, byCpuTime: cost === null ? null : Math.floor((cores * 1000) / cost) };
});
for (const { cores, held, byCpuTime } of capacity) {
  console.log(`${cores} core(s): ${held} sessions held; ${byCpuTime ?? '–'} would fill the processor time`);
}
await save('sessions', {
  seconds,
  cache: values.cache,
  size: values.size,
  meanBytes: pictures.meanBytes,
  rows,
  costs,
  capacity,
});
