import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { CancelTimer, Clock } from '@jiga/contracts';
import { SystemClock } from '@jiga/platform';
import { FakeAnalyzer, tempDir } from '@jiga/testing';

import { createServer, type JigaServer } from '../../apps/server/src/create-server.js';
import { startNotice } from '../../apps/server/src/start-notice.js';

interface SessionBody {
  readonly session_id: string;
  readonly state: string;
  readonly state_reason: string;
}

describe('a server that starts on the data of the last run', () => {
  let data: { readonly path: string; readonly remove: () => Promise<void> };
  const servers: JigaServer[] = [];

  beforeEach(async () => {
    data = await tempDir();
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await data.remove();
  });

  const make = async (environment: Record<string, string> = {}, clock?: Clock): Promise<JigaServer> => {
    const server = await createServer({
      ...(clock && { clock }),
      analyzer: new FakeAnalyzer(),
      environment: { PORT: '0', JIGA_DATA_DIR: data.path, JIGA_LOG_LEVEL: 'silent', ...environment },
    });
    servers.push(server);
    return server;
  };
  const call = async (
    server: JigaServer,
    origin: string,
    path: string,
    init: RequestInit = {},
  ): Promise<SessionBody> => {
    const token = server.startingKey.kind === 'none' ? '' : server.startingKey.key;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return (await (await fetch(`${origin}/api/v1/jiga${path}`, { ...init, headers })).json()) as SessionBody;
  };

  it('finds its sessions: those that lived are closed, those that had ended stay as they were', async () => {
    const first = await make();
    const origin = await first.listen();
    const body = '{"user_id":"p"}';
    const { session_id: ended } = await call(first, origin, '/sessions', { method: 'POST', body });
    const asEnded = await call(first, origin, `/sessions/${ended}`, { method: 'DELETE' });
    const { session_id: live } = await call(first, origin, '/sessions', { method: 'POST', body });
    await first.close();

    const second = await make();
    const secondOrigin = await second.listen();
    expect(await call(second, secondOrigin, `/sessions/${live}`)).toMatchObject({
      state: 'closed',
      state_reason: 'server_restarted',
    });
    const found = await call(second, secondOrigin, `/sessions/${ended}`);
    expect(found).toMatchObject({ state: asEnded.state, state_reason: asEnded.state_reason });
  });

  it('keeps its development key to itself and shows it once, with a call that goes on working', async () => {
    const first = await make();
    const { startingKey } = first;
    if (startingKey.kind !== 'development') throw new Error('no development key was made');
    expect((await stat(join(data.path, 'development-key'))).mode & 0o777).toBe(0o600);
    expect(startNotice(first, 'http://127.0.0.1:1')).toContain(startingKey.key);
    await first.close();

    const second = await make();
    expect(second.startingKey).toMatchObject({ key: startingKey.key, isNew: false });
    const notice = startNotice(second, 'http://127.0.0.1:1');
    expect(notice).not.toContain(startingKey.key);
    expect(notice).toContain(`$(cat '${startingKey.path}')`);
  });

  it('refuses to share its data with a server that runs', async () => {
    await (await make()).listen();
    await expect(make()).rejects.toThrow(/Another server uses this JIGA_DATA_DIR/);
  });

  it.each(['0.0.0.0', '::', '192.0.2.1'])('refuses to start on %s when no credential is configured', async (HOST) => {
    await expect(make({ HOST })).rejects.toThrow(/no credential is configured.*JIGA_ADMIN_KEY/s);
  });

  it('starts on any address with an admin key, and makes no development key then', async () => {
    const server = await make({ HOST: '0.0.0.0', JIGA_ADMIN_KEY: 'a-key-of-enough-length' });
    expect(server.startingKey).toEqual({ kind: 'admin', key: 'a-key-of-enough-length' });
    await expect(stat(join(data.path, 'development-key'))).rejects.toThrow(/ENOENT/);
  });

  it('ends every session and leaves no timer or open handle when it stops', async () => {
    const before = handles();
    const clock = new CountingClock();
    const server = await make({}, clock);
    const origin = await server.listen();
    for (let i = 0; i < 3; i++) await call(server, origin, '/sessions', { method: 'POST', body: '{"user_id":"p"}' });
    await Promise.all([server.close(), server.close()]);
    expect(handles()).toEqual(before);
    expect(clock.timers.size).toBe(0);
    await expect(fetch(`${origin}/health/live`)).rejects.toThrow();
  });

  it('says what to do when its port is taken', async () => {
    const first = await make();
    const { port } = new URL(await first.listen());
    const second = await make({ PORT: port, JIGA_DATA_DIR: join(data.path, 'other') });
    await expect(second.listen()).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(new RegExp(`port ${port} of 127\\.0\\.0\\.1: another program .* set PORT`)),
    });
  });
});

/** The machine's clock, with the timers that have neither fired nor been cancelled. */
class CountingClock extends SystemClock {
  readonly timers = new Set<CancelTimer>();

  override after(delayMs: number, task: () => void): CancelTimer {
    const cancel = super.after(delayMs, () => {
      this.timers.delete(end);
      task();
    });
    const end = this.#counted(cancel);
    return end;
  }

  override every(periodMs: number, task: () => void): CancelTimer {
    return this.#counted(super.every(periodMs, task));
  }

  #counted(cancel: CancelTimer): CancelTimer {
    const end = (): void => {
      this.timers.delete(end);
      cancel();
    };
    this.timers.add(end);
    return end;
  }
}

/** What would keep a process alive and is ours: the sockets and timers of fetch() and files being read are not. */
function handles(): string[] {
  const ours = ['TCPServerWrap', 'Worker', 'MessagePort', 'ProcessWrap'];
  return process
    .getActiveResourcesInfo()
    .filter((name) => ours.includes(name))
    .sort();
}
