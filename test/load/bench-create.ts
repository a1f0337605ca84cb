import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { readOptions } from '../../apps/cli/src/arguments.js';
import { createServer, type JigaServer } from '../../apps/server/src/create-server.js';
import { ADMIN_KEY, Api } from './bench-create/api.js';
import { abandonAndRepeat, createAndKill, KILLS } from './bench-create/kills.js';
import { CountingClock, holdings } from './bench-create/leftovers.js';

const USAGE = `npm run bench:create

How long creating sessions takes when many are asked for at once, and whether sessions that are ended while they are being made, with
sockets opening, leave something behind. The figures also go to bench-results/.
`;

const AT_ONCE = 50;
const ROUNDS = 10;
const KILLED = 1_000;
const KILLED_AT_ONCE = 20;
/** How long what ends by itself (closing handshakes, writes behind) is waited for. */
const SETTLE_MS = 10_000;
const RESULTS = 'bench-results';

readOptions(USAGE, {});
const dataDir = await mkdtemp(join(tmpdir(), 'jiga-bench-'));
const clock = new CountingClock();
const server = await createServer({
  clock,
  environment: {
    HOST: '127.0.0.1',
    PORT: '0',
    JIGA_DATA_DIR: dataDir,
    JIGA_ADMIN_KEY: ADMIN_KEY,
    JIGA_LOG_LEVEL: 'silent',
    JIGA_RATE_LIMIT_REQUESTS: '10000000',
  },
});
try {
  const api = new Api(await server.listen());
  await closeAll(api, await createMany(api, AT_ONCE));
  const before = await holdings(server, clock);
  const tookMs: number[] = [];
  const startedCpu = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) await closeAll(api, await createMany(api, AT_ONCE, tookMs));
  const cpu = process.cpuUsage(startedCpu);
  await killMany(api);
  const left = await leftAfter(server, before);
  const figures = {
    date: new Date().toISOString(),
    cpu: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    created: tookMs.length,
    at_once: AT_ONCE,
    p50_ms: percentile(tookMs, 0.5),
    p95_ms: percentile(tookMs, 0.95),
    p99_ms: percentile(tookMs, 0.99),
    cpu_ms_per_session: Math.round((cpu.user + cpu.system) / 10 / tookMs.length) / 100,
    killed: KILLED,
    ...Object.fromEntries(Object.entries(left).map(([name, count]) => [`${name}_left`, count])),
  };
  console.table(figures);
  await mkdir(RESULTS, { recursive: true });
  await writeFile(join(RESULTS, 'create.json'), `${JSON.stringify(figures, null, 2)}\n`);
  if (Object.values(left).some((count) => count !== 0)) process.exitCode = 1;
} finally {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.ceil(sorted.length * part) - 1] ?? 0) * 10) / 10;
}

function createMany(api: Api, count: number, tookMs: number[] = []): Promise<string[]> {
  const one = async (): Promise<string> => {
    const startedAt = performance.now();
    const id = await api.create('bench');
    tookMs.push(performance.now() - startedAt);
    return id;
  };
  return Promise.all(Array.from({ length: count }, one));
}

async function closeAll(api: Api, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => api.close(id)));
}

/** Every way of ending one in turn, a number of them side by side. */
async function killMany(api: Api): Promise<void> {
  const ways = Object.keys(KILLS) as (keyof typeof KILLS)[];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < KILLED; index = next++) {
      const way = ways[index % (ways.length + 1)];
      await (way === undefined ? abandonAndRepeat(api, `player-${index}`) : createAndKill(api, `player-${index}`, way));
    }
  };
  await Promise.all(Array.from({ length: KILLED_AT_ONCE }, worker));
}

/** What there is more of than before, once what ends by itself has had the time to. */
async function leftAfter(
  server: JigaServer,
  before: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, number>>> {
  for (const deadline = performance.now() + SETTLE_MS; ; await delay(100)) {
    const now = await holdings(server, clock);
    const left = Object.fromEntries(Object.entries(now).map(([name, count]) => [name, count - (before[name] ?? 0)]));
    if (Object.values(left).every((count) => count === 0) || performance.now() > deadline) return left;
  }
}
