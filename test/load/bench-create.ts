// How long creating sessions takes when many are asked for at once, and whether sessions that are closed at any moment
// leave something behind. `npm run bench:create`, from the root of the repository; figures also go to bench-results/.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { createServer } from '../../apps/server/src/create-server.js';

const KEY = 'bench-admin-key-0123456789';
const AT_ONCE = 50;
const ROUNDS = 10;
const KILLS = 1_000;
const KILLS_AT_ONCE = 20;
/** Latest moment after its creation at which a session is closed. */
const LATEST_KILL_MS = 20;
const RESULTS = 'bench-results';

const dataDir = await mkdtemp(join(tmpdir(), 'jiga-bench-'));
const server = await createServer({
  environment: {
    HOST: '127.0.0.1',
    PORT: '0',
    JIGA_DATA_DIR: dataDir,
    JIGA_ADMIN_KEY: KEY,
    JIGA_LOG_LEVEL: 'silent',
    JIGA_RATE_LIMIT_REQUESTS: '10000000',
  },
});
try {
  const sessions = `${await server.listen()}/api/v1/jiga/sessions`;
  await closeAll(sessions, await createMany(sessions, AT_ONCE));
  const before = timers();
  const tookMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const ids = await createMany(sessions, AT_ONCE, tookMs);
    await closeAll(sessions, ids);
  }
  for (let made = 0; made < KILLS; made += KILLS_AT_ONCE) {
    await Promise.all(Array.from({ length: KILLS_AT_ONCE }, () => createAndKill(sessions)));
  }
  const open = await call(`${sessions}?state=active`, 'GET');
  const figures = {
    created: tookMs.length,
    at_once: AT_ONCE,
    p50_ms: percentile(tookMs, 0.5),
    p95_ms: percentile(tookMs, 0.95),
    p99_ms: percentile(tookMs, 0.99),
    killed: KILLS,
    sessions_left: (open['items'] as unknown[]).length,
    timers_left: timers() - before,
    child_processes_left: process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length,
  };
  console.table(figures);
  await mkdir(RESULTS, { recursive: true });
  await writeFile(join(RESULTS, 'create.json'), `${JSON.stringify(figures, null, 2)}\n`);
  if (figures.sessions_left > 0 || figures.child_processes_left > 0) process.exitCode = 1;
} finally {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.ceil(sorted.length * part) - 1] ?? 0) * 10) / 10;
}

async function call(url: string, method: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${KEY}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

async function create(sessions: string): Promise<string> {
  const { session_id: id } = await call(sessions, 'POST', { user_id: 'bench' });
  return String(id);
}

function createMany(sessions: string, count: number, tookMs: number[] = []): Promise<string[]> {
  const one = async (): Promise<string> => {
    const startedAt = performance.now();
    const id = await create(sessions);
    tookMs.push(performance.now() - startedAt);
    return id;
  };
  return Promise.all(Array.from({ length: count }, one));
}

async function closeAll(sessions: string, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => call(`${sessions}/${id}`, 'DELETE')));
}

async function createAndKill(sessions: string): Promise<void> {
  const id = await create(sessions);
  await delay(Math.random() * LATEST_KILL_MS);
  await call(`${sessions}/${id}`, 'DELETE');
}
