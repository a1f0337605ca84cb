import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { childEnvironment } from '@jiga/platform';
import type { Environment } from '@jiga/platform';
import type { ServerLoopDelay } from './loop-delay.js';

/** A server of its own: another process, a free port, an empty data directory. */
export interface ServerProcess {
  readonly pid: number;
  readonly baseUrl: string;
  /** The development key that the server printed. */
  readonly apiKey: string;
  /** Measures the event loop anew from now on; it is not watched before, since watching costs processor time. */
  resetLoopDelay(): void;
  loopDelay(): Promise<ServerLoopDelay>;
  /** Only with the option `--expose-gc`; soon after. */
  collectGarbage(): void;
  /** Stops the server, waits until it is gone and removes its data. May be called twice. */
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
const KEPT_OUTPUT_CHARS = 8000;

/** Of Node, as `npm start` has them; the last of two that are the same counts. */
const START_OPTIONS = ['--max-semi-space-size=8'];

/** Children run from the build, also when this module runs from its source (as in tests). */
const dist = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../../dist/' : '../../../', import.meta.url));

export interface ServerProcessOptions {
  /** Settings beside those of an empty server on a free port. */
  readonly environment?: Environment;
  /** Cores that it may run on, as `taskset -c` takes them; all when absent. Needs util-linux. */
  readonly cpus?: string | null;
  /** More options for Node. */
  readonly nodeOptions?: readonly string[];
}

export async function startServer(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const { environment = {}, cpus = null, nodeOptions = [] } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'jiga-'));
  const probe = pathToFileURL(join(dist, 'apps/cli/src/loop-delay-probe.js')).href;
  const child = fork(join(dist, 'apps/server/src/main.js'), {
    ...(cpus !== null && { execPath: 'taskset' }),
    execArgv: [
      ...(cpus === null ? [] : ['-c', cpus, process.execPath]),
      ...START_OPTIONS,
      ...nodeOptions,
      '--import',
      probe,
    ],
    env: childEnvironment({
      HOST: '127.0.0.1',
      PORT: '0',
      JIGA_DATA_DIR: dataDir,
      JIGA_LOG_LEVEL: 'warn',
      JIGA_LOG_FORMAT: 'json',
      ...environment,
    }),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let closing: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await stop(child);
    await rm(dataDir, { recursive: true, force: true });
  };
  const close = (): Promise<void> => (closing ??= end());
  try {
    const { baseUrl, apiKey } = await readGreeting(child);
    return {
      pid: child.pid ?? 0,
      baseUrl,
      apiKey,
      resetLoopDelay: () => void child.send('reset_loop_delay'),
      loopDelay: () => readDelay(child),
      collectGarbage: () => void child.send('collect_garbage'),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits for the address and the key among what the server prints. */
async function readGreeting(child: ChildProcess): Promise<{ baseUrl: string; apiKey: string }> {
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => reject(new Error(`The server ${reason}:\n${output}`));
    const timer = setTimeout(fail, START_TIMEOUT_MS, `did not start within ${START_TIMEOUT_MS / 1000} s`);
    const read = (text: string): void => {
      // Read on after the start as well: a full pipe would stop the server.
      output = (output + text).slice(-KEPT_OUTPUT_CHARS);
      const baseUrl = /https?:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      const apiKey = /\bjiga_dev_[\w-]{32}/.exec(output)?.[0];
      if (baseUrl === undefined || apiKey === undefined) return;
      clearTimeout(timer);
      resolve({ baseUrl, apiKey });
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', read);
    child.once('error', (error) => fail(`could not be run (${error.message})`));
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with code ${code ?? 'none'}`);
    });
  });
}

async function readDelay(child: ChildProcess): Promise<ServerLoopDelay> {
  const answer = once(child, 'message', { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
  child.send('read_loop_delay');
  const [delay] = (await answer) as [ServerLoopDelay];
  return delay;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
