import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { childEnvironment } from '@jiga/platform';

import { ADMIN_KEY } from './start-test-server.js';

const MAIN = fileURLToPath(new URL('../../dist/apps/server/src/main.js', import.meta.url));
const BASE = '/api/v1/jiga';

/** The built server in a process of its own, which a test may kill. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly origin: string,
  ) {}

  /** Starts it and resolves when it answers; rejects with what it printed when it ends instead. */
  static async start(environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const child = spawn(process.execPath, [MAIN], {
      env: childEnvironment({ PORT: '0', JIGA_ADMIN_KEY: ADMIN_KEY, JIGA_LOG_LEVEL: 'warn', ...environment }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    const origin = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        printed += chunk.toString();
        const found = /JIGA is ready on (http:\S+)/.exec(printed)?.[1];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${printed}`)));
    });
    return new ServerProcess(child, origin);
  }

  /** An HTTP call below the base path, as admin. */
  async post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.origin}${BASE}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json', ...headers },
    });
  }

  /** A DELETE below the base path, as admin. */
  async delete(path: string): Promise<Response> {
    return fetch(`${this.origin}${BASE}${path}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    });
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.origin}${BASE}${path}`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
    if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Ends the process without a word (`SIGKILL`) and waits until it is gone. May be called twice. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
