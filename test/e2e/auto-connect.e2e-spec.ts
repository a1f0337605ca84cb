import type { Duplex } from 'node:stream';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { SelfConnections } from '@jiga/contracts';
import { FakeAnalyzer } from '@jiga/testing';

import { call } from '../support/call.js';
import { TestServer } from '../support/start-test-server.js';

interface WithConnections {
  readonly auto_connect: SelfConnections;
  readonly sockets: unknown;
}

describe('sockets that the server opens itself', () => {
  let server: TestServer;
  /** By path, what was upgraded to a WebSocket. */
  const upgraded: { readonly path: string; readonly socket: Duplex }[] = [];

  beforeAll(async () => {
    server = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      environment: { JIGA_SOCKETS_PER_SESSION_MAX: '1' },
    });
    server.server.app.getHttpServer().on('upgrade', ({ url }: { url: string }, socket: Duplex) => {
      upgraded.push({ path: url, socket });
    });
  });
  afterAll(() => server.stop());

  const status = async (id: string): Promise<WithConnections> =>
    (await call<WithConnections>(server, 'GET', `/sessions/${id}/status`)).body;
  const until = async (id: string, accepts: (connections: SelfConnections) => boolean, withinMs = 3_000) => {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const { auto_connect } = await status(id);
      if (accepts(auto_connect)) return auto_connect;
      if (performance.now() > deadline) throw new Error(JSON.stringify(auto_connect));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const isUp = ({ high_speed_vision: { state } }: SelfConnections): boolean => state === 'connected';

  it('connects by itself, and takes no place of a client', async () => {
    const id = await server.createSession({ high_speed_vision: true });
    expect(await until(id, isUp)).toEqual({
      audio: { state: 'off', reconnects: 0, last_error: null },
      high_speed_vision: { state: 'connected', reconnects: 0, last_error: null },
    });
    const client = await server.connectVideo(id);
    await client.waitFor('direct_video_stream_connected');
    const { body } = await call<WithConnections>(server, 'GET', `/sessions/${id}/metrics`);
    expect(body.sockets).toEqual({ open: 1, total: 1 });
    expect(body.auto_connect.high_speed_vision.state).toBe('connected');
    await client.close();
    await server.closeSession(id);
  });

  it('does not knock at an audio socket that will never open', async () => {
    upgraded.length = 0;
    const id = await server.createSession({ auto_connect_audio: true });
    const last_error = 'voice_chat_off: Voice chat is not enabled for the session';
    expect((await status(id)).auto_connect.audio).toEqual({ state: 'off', reconnects: 0, last_error });
    const talking = await server.createSession({ auto_connect_audio: true, voice_chat_enabled: true });
    await until(talking, ({ audio }) => audio.state === 'connected');
    expect(upgraded.filter(({ path }) => path.includes(id))).toEqual([]);
    await Promise.all([server.closeSession(id), server.closeSession(talking)]);
  });

  it('heals within three seconds when it is killed from outside', async () => {
    const id = await server.createSession({ high_speed_vision: true });
    await until(id, isUp);
    for (let killed = 1; killed <= 3; killed++) {
      upgraded.filter(({ path }) => path.includes(id)).forEach(({ socket }) => socket.destroy());
      const healed = await until(id, (each) => isUp(each) && each.high_speed_vision.reconnects === killed);
      expect(healed.high_speed_vision.last_error).toMatch(/1006/);
    }
    await server.closeSession(id);
  });

  it('ends with the session, whose answer and last figures say so', async () => {
    const id = await server.createSession({ high_speed_vision: true });
    await until(id, isUp);
    const before = performance.now();
    const { body } = await call<WithConnections>(server, 'DELETE', `/sessions/${id}`);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(body.auto_connect.high_speed_vision.state).toBe('off');
    const own = upgraded.filter(({ path }) => path.includes(id));
    expect(own.every(({ socket }) => socket.destroyed)).toBe(true);
    expect((await status(id)).auto_connect.high_speed_vision).toMatchObject({ state: 'off', reconnects: 0 });
  });
});
