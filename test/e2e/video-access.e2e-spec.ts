import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { newId } from '@jiga/contracts';
import { FakeAnalyzer, SocketClient, makePicture, until } from '@jiga/testing';
import type { AuthForm, ConnectOptions } from '@jiga/testing';

import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

describe('who may use /streamDirectVideo, and how it ends', () => {
  const analyzer = new FakeAnalyzer();
  let server: TestServer;
  let base64: string;
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    server = await TestServer.start({
      analyzer,
      environment: { JIGA_SOCKETS_PER_SESSION_MAX: '2' },
      credentials: {
        alice: { owner: 'alice' },
        bob: { owner: 'bob' },
        'alice-reads': { owner: 'alice', scopes: ['sessions:read'] },
      },
    });
    base64 = (await makePicture()).toString('base64');
  });
  afterEach(async () => {
    analyzer.behaviour = 'now';
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => server.stop());

  const connect = async (sessionId: string, options: ConnectOptions): Promise<SocketClient> => {
    const client = await server.connectVideo(sessionId, options);
    clients.push(client);
    return client;
  };
  /** What a client that is not let in gets to see: one error, then the close code. */
  const refusal = async (sessionId: string, options: ConnectOptions) => {
    const client = await connect(sessionId, options);
    const { code } = await client.closed;
    expect(client.messages).toHaveLength(1);
    expect(client.messages[0]).toMatchObject({ type: 'error', seq: 1, message: expect.any(String) });
    return [code, client.messages[0]?.['code']];
  };

  it.each<AuthForm>(['authorization', 'x-api-key', 'subprotocol', 'access_token'])(
    'takes the credential as %s',
    async (auth) => {
      const sessionId = await server.createSession({}, 'alice');
      const client = await connect(sessionId, { token: 'alice', auth });
      expect(await client.next()).toMatchObject({ type: 'direct_video_stream_connected', session_id: sessionId });
      expect(client.socket.protocol).toBe(auth === 'subprotocol' ? 'jiga.v1' : '');
    },
  );

  it('refuses with 4401 no credential and a wrong one', async () => {
    const sessionId = await server.createSession();
    expect(await refusal(sessionId, {})).toEqual([4401, 'unauthenticated']);
    for (const auth of ['authorization', 'x-api-key', 'subprotocol', 'access_token'] as const) {
      expect(await refusal(sessionId, { token: 'wrong', auth })).toEqual([4401, 'unauthenticated']);
    }
  });

  it('refuses with 4403 a credential that may only read', async () => {
    const sessionId = await server.createSession({}, 'alice');
    expect(await refusal(sessionId, { token: 'alice-reads' })).toEqual([4403, 'forbidden']);
  });

  it("refuses with 4404 an unknown session and another owner's, which look the same", async () => {
    const bobs = await server.createSession({}, 'bob');
    expect(await refusal(bobs, { token: 'alice' })).toEqual([4404, 'session_not_found']);
    expect(await refusal(newId('session'), { token: 'alice' })).toEqual([4404, 'session_not_found']);
    expect(await refusal('nonsense', { token: 'alice' })).toEqual([4404, 'session_not_found']);
    const admin = await connect(bobs, { token: ADMIN_KEY });
    expect((await admin.next()).type).toBe('direct_video_stream_connected');
  });

  it('refuses with 4409 a session that has ended', async () => {
    const sessionId = await server.createSession();
    await server.closeSession(sessionId);
    expect(await refusal(sessionId, { token: ADMIN_KEY })).toEqual([4409, 'session_closed']);
  });

  it('refuses with 1013 more sockets than a session may have, and counts them down again', async () => {
    const sessionId = await server.createSession();
    const [first] = [await connect(sessionId, { token: ADMIN_KEY }), await connect(sessionId, { token: ADMIN_KEY })];
    await first?.next();
    await clients[1]?.next();
    expect(await refusal(sessionId, { token: ADMIN_KEY })).toEqual([1013, 'socket_limit']);
    await first?.close();
    const third = await connect(sessionId, { token: ADMIN_KEY });
    expect((await third.next()).type).toBe('direct_video_stream_connected');
  });

  it('answers 404 over HTTP where there is no socket', async () => {
    const url = server.videoUrl(newId('session')).replace('streamDirectVideo', 'streamdirectvideo');
    await expect(SocketClient.connect(url, { token: ADMIN_KEY })).rejects.toThrow('HTTP 404');
  });

  it('answers the frames under way, then closes 1000, when the session is closed', async () => {
    analyzer.behaviour = 'held';
    const sessionId = await server.createSession();
    const client = await connect(sessionId, { token: ADMIN_KEY });
    await client.next();
    const { pending } = analyzer.of(sessionId);
    client.send({ type: 'analyze_frame', frame_data: base64, request_id: 'under way' });
    await until(() => pending.length === 1);
    client.send({ type: 'analyze_frame', frame_data: base64, request_id: 'waiting' });
    client.send({ type: 'ping' });
    await client.waitFor('pong');
    await server.closeSession(sessionId);
    expect(await client.closed).toEqual({ code: 1000, reason: 'closed_by_client' });
    const errors = client.ofType('error').map((message) => [message['code'], message['request_id']]);
    expect(new Map(errors.map(([code, id]) => [id, code]))).toEqual(
      new Map([
        ['under way', 'session_closed'],
        ['waiting', 'session_closed'],
      ]),
    );
    expect(errors).toHaveLength(2);
    expect(analyzer.of(sessionId).closedTimes).toBe(1);
  });

  it('answers the frames under way, then closes 1001, when the server stops', async () => {
    const held = new FakeAnalyzer('held');
    const stopping = await TestServer.start({ analyzer: held });
    const client = await stopping.connectVideo(await stopping.createSession());
    await client.next();
    client.send({ type: 'analyze_frame', frame_data: base64, request_id: 'a' });
    await until(() => held.of().pending.length === 1);
    await stopping.stop();
    expect((await client.closed).code).toBe(1001);
    expect(client.messages.at(-1)).toMatchObject({ type: 'frame_dropped', reason: 'server_draining', request_id: 'a' });
    await expect(stopping.connectVideo(newId('session'))).rejects.toThrow();
  });

  it('lets a client connect again after any end and go on', async () => {
    const sessionId = await server.createSession();
    for (let i = 0; i < 5; i++) {
      const client = await connect(sessionId, { token: ADMIN_KEY });
      await client.next();
      await client.next();
      client.send({ type: 'analyze_frame', frame_data: base64, request_id: i });
      expect(await client.next()).toMatchObject({ type: 'direct_video_analysis_result', request_id: i });
      if (i % 2 === 0) client.socket.terminate();
      else await client.close();
      await client.closed;
    }
  });
});
