import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LoopDelay } from '../../../apps/cli/src/loop-delay.js';
import { startServer } from '../../../apps/cli/src/server-process.js';

/** Where one connection goes. */
export interface Place {
  readonly url: string;
  readonly token: string | null;
  /** Ends what was opened for it. */
  close(): Promise<void>;
}

/** A server under load. */
export interface Target {
  readonly name: string;
  readonly pid: number;
  /** Where to connect next, as whom. */
  open(): Promise<Place>;
  resetLoopDelay(): void;
  /** Null where nobody measures it. */
  loopDelay(): Promise<LoopDelay | null>;
  close(): Promise<void>;
}

const UNLIMITED = '100000';
const PATIENCE_MS = 15_000;

/**
 * JIGA with its cheap stage alone, through the socket that tells its own time with each answer.
 * @param cpus see ServerProcessOptions
 */
export async function startJiga(cpus: string | null, nodeOptions: readonly string[] = []): Promise<Target> {
  const server = await startServer({
    cpus,
    nodeOptions,
    environment: {
      JIGA_SOCKET_MESSAGES_PER_SECOND_MAX: UNLIMITED,
      JIGA_SOCKET_MESSAGE_BURST_MAX: UNLIMITED,
      JIGA_RATE_LIMIT_REQUESTS: UNLIMITED,
      JIGA_FRAME_RATE_TOLERANCE: UNLIMITED,
      JIGA_SESSIONS_MAX: UNLIMITED,
      JIGA_SESSIONS_PER_CREDENTIAL_MAX: UNLIMITED,
    },
  });
  const sessions = `${server.baseUrl}/api/v1/jiga/sessions`;
  return {
    name: 'JIGA',
    pid: server.pid,
    open: async () => {
      const token = server.apiKey;
      const body = { user_id: 'bench', skills: [], high_speed_vision: true };
      const session = `${sessions}/${await createSession(sessions, token, body)}`;
      return { url: `${session}/high-speed/stream`.replace('http', 'ws'), token, close: () => remove(session, token) };
    },
    resetLoopDelay: () => server.resetLoopDelay(),
    loopDelay: async () => (await server.loopDelay()).server,
    close: () => server.close(),
  };
}

/** A bare `ws` server: the limit. */
export async function startBare(cpus: string | null): Promise<Target> {
  const file = fileURLToPath(new URL('./bare-server.js', import.meta.url));
  const child = fork(file, {
    ...(cpus !== null && { execPath: 'taskset' }),
    execArgv: cpus === null ? [] : ['-c', cpus, process.execPath],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    name: 'bare ws',
    ...unmeasured,
    pid: child.pid ?? 0,
    open: () => Promise.resolve({ url: `ws://127.0.0.1:${port}/`, token: null, close: nothing }),
    close: () => end(child),
  };
}

/** A peer in Python: a script that takes its port as its argument and serves the same two paths. */
export async function startPeer(script: string, cpus: string | null): Promise<Target> {
  const port = await freePort();
  const python = ['/usr/bin/python3', script, String(port)];
  const [command = '', ...rest] = cpus === null ? python : ['taskset', '-c', cpus, ...python];
  const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  const sessions = `http://127.0.0.1:${port}/api/v1/jiga/sessions`;
  const open = async (): Promise<Place> => {
    const id = await createSession(sessions, null, { user_id: 'bench' });
    return { url: `${sessions}/${id}/streamDirectVideo`.replace('http', 'ws'), token: null, close: nothing };
  };
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await open().catch(() => null))) {
    if (performance.now() > deadline || child.exitCode !== null) throw new Error(`${script} does not answer`);
    await delay(100);
  }
  return { name: 'peer', ...unmeasured, pid: child.pid ?? 0, open, close: () => end(child) };
}

const nothing = (): Promise<void> => Promise.resolve();
const unmeasured = { resetLoopDelay: (): void => {}, loopDelay: (): Promise<null> => Promise.resolve(null) };

async function createSession(url: string, token: string | null, body: object): Promise<string> {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  const headers = { 'content-type': 'application/json', ...authorization };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { session_id: string }).session_id;
}

async function remove(session: string, token: string): Promise<void> {
  const response = await fetch(session, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('No port is free');
  return address.port;
}
