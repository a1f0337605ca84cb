import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer, SocketClient, tempDir, VirtualClock } from '@jiga/testing';
import type { AuthForm } from '@jiga/testing';

import { call } from '../support/call.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';
import { TokenRig, type TokenAnswer } from '../support/token-rig.js';

let rig: TokenRig;
let server: TestServer;
let clock: VirtualClock;
let session: string;
beforeAll(async () => {
  rig = await TokenRig.start();
  ({ server, clock } = rig);
});
afterAll(() => server.stop());
beforeEach(async () => {
  session = await server.createSession({}, 'studio-token');
});

const issue = (request: unknown, token?: string, id = session) => rig.issue(id, request, token);
const tokenFor = (permissions: string, ttl?: number) => rig.tokenFor(session, permissions, ttl);

describe('a session token', () => {
  it('says what it is good for and until when', async () => {
    const { status, body } = await issue({ permissions: 'configure', ttl_seconds: 600 });
    const now = clock.nowMs() / 1000;
    expect(status).toBe(201);
    expect(body).toMatchObject({
      session_id: session,
      permissions: 'configure',
      created_at: now,
      expires_at: now + 600,
    });
    expect(body.token_id).toMatch(/^tok_/);
  });

  it('may view for an hour when nothing is said', async () => {
    const { body } = await issue(undefined);
    expect(body).toMatchObject({ permissions: 'view', expires_at: clock.nowMs() / 1000 + 3600 });
  });

  it('reads its session and no other, not even of the same owner', async () => {
    const token = await tokenFor('configure');
    const sibling = await server.createSession({}, 'studio-token');
    expect((await call(server, 'GET', `/sessions/${session}`, undefined, { token })).status).toBe(200);
    expect((await call(server, 'GET', `/sessions/${session}/status`, undefined, { token })).status).toBe(200);
    expect(await call(server, 'GET', `/sessions/${sibling}`, undefined, { token })).toMatchObject({
      status: 404,
      body: { code: 'session_not_found' },
    });
    expect(await call(server, 'GET', `/sessions/${sibling.replace('s', '%73')}`, undefined, { token })).toMatchObject({
      status: 404,
    });
  });

  it.each([
    ['GET', '/sessions'],
    ['GET', '/sessions/failed'],
    ['POST', '/sessions'],
    ['GET', '/api-keys'],
    ['GET', '/audit'],
  ])('has no business at %s %s', async (method, path) => {
    const body = method === 'POST' ? { user_id: 'p' } : undefined;
    expect(await call(server, method, path, body, { token: await tokenFor('configure') })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });

  it('with view changes nothing and sends no media', async () => {
    const token = await tokenFor('view');
    expect(await call(server, 'DELETE', `/sessions/${session}`, undefined, { token })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    const socket = await server.connectVideo(session, { token });
    await expect(socket.closed).resolves.toMatchObject({ code: 4403 });
    expect(socket.ofType('error')).toMatchObject([{ code: 'forbidden' }]);
  });

  it.each<AuthForm>(['authorization', 'x-api-key', 'subprotocol', 'access_token'])(
    'with configure opens the video socket by %s',
    async (auth) => {
      const socket = await server.connectVideo(session, { token: await tokenFor('configure'), auth });
      await socket.waitFor('direct_video_stream_connected');
      await socket.close();
    },
  );

  it('with view follows the events', async () => {
    const url = server.videoUrl(session).replace('streamDirectVideo', 'events/stream');
    const socket = await SocketClient.connect(url, { token: await tokenFor('view') });
    socket.send({ type: 'ping', request_id: 1 });
    await socket.waitFor('pong');
    await server.closeSession(session);
    await expect(socket.closed).resolves.toMatchObject({ code: 1000 });
  });

  it('does not open the socket of another session', async () => {
    const sibling = await server.createSession({}, 'studio-token');
    const socket = await server.connectVideo(sibling, { token: await tokenFor('configure') });
    await expect(socket.closed).resolves.toMatchObject({ code: 4404 });
  });

  it('ends with its time, over HTTP and on its sockets', async () => {
    const token = await tokenFor('configure', 60);
    const socket = await server.connectVideo(session, { token });
    await socket.waitFor('direct_video_stream_connected');
    clock.advance(60_000);
    await expect(socket.closed).resolves.toMatchObject({ code: 4401 });
    expect(await call(server, 'GET', `/sessions/${session}`, undefined, { token })).toMatchObject({
      status: 401,
      body: { detail: 'The session token has expired.' },
    });
  });

  it('ends with its session', async () => {
    const token = await tokenFor('configure');
    expect((await call(server, 'DELETE', `/sessions/${session}`, undefined, { token })).status).toBe(200);
    expect(await call(server, 'GET', `/sessions/${session}`, undefined, { token })).toMatchObject({ status: 401 });
    expect(await issue({})).toMatchObject({ status: 409, body: { code: 'session_closed' } });
  });

  it('ends with the key that issued it, its sockets too', async () => {
    const { body: key } = await call<{ id: string; key: string }>(server, 'POST', '/api-keys', { name: 'issuer' });
    const id = await server.createSession({}, key.key);
    const { body } = await issue({ permissions: 'configure' }, key.key, id);
    const socket = await server.connectVideo(id, { token: body.token });
    await socket.waitFor('direct_video_stream_connected');
    await call(server, 'DELETE', `/api-keys/${key.id}`);
    await expect(socket.closed).resolves.toMatchObject({ code: 4401 });
    expect((await call(server, 'GET', `/sessions/${id}`, undefined, { token: body.token })).status).toBe(401);
  });

  it('gives no more than the session has', async () => {
    const viewOnly = await server.createSession({ permissions: 'view' }, 'studio-token');
    expect(await issue({ permissions: 'configure' }, 'studio-token', viewOnly)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect((await issue({ permissions: 'view' }, 'studio-token', viewOnly)).status).toBe(201);
  });

  it('gives no more than the issuer has', async () => {
    const admin = await server.createSession({ permissions: 'admin' });
    const { body: key } = await call<{ key: string }>(server, 'POST', '/api-keys', { name: 'k', owner: 'admin' });
    expect(await issue({ permissions: 'admin' }, key.key, admin)).toMatchObject({ status: 403 });
    expect((await issue({ permissions: 'admin' }, ADMIN_KEY, admin)).status).toBe(201);
  });

  it('issues further tokens with admin only, and none that outlives it', async () => {
    expect((await issue({}, await tokenFor('configure'))).status).toBe(403);
    const admin = await server.createSession({ permissions: 'admin' });
    const { body: parent } = await issue({ permissions: 'admin', ttl_seconds: 60 }, ADMIN_KEY, admin);
    const { status, body: child } = await issue({ ttl_seconds: 3600 }, parent.token, admin);
    expect([status, child.expires_at]).toEqual([201, parent.expires_at]);
    expect((await call(server, 'GET', '/sessions', undefined, { token: parent.token })).status).toBe(403);
  });

  it('is not issued by other owners', async () => {
    expect(await issue({}, 'other-token')).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
  });

  it('is refused when a single character of it differs', async () => {
    const token = await tokenFor('configure');
    const [head, claims = '', signature = ''] = token.split('.');
    const flip = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
    for (const forged of [`${head}.${flip(claims)}.${signature}`, `${head}.${claims}.${flip(signature)}`]) {
      expect((await call(server, 'GET', `/sessions/${session}`, undefined, { token: forged })).status).toBe(401);
    }
  });

  it.each([
    [{ permissions: 'root' }, '/permissions', 'not_allowed'],
    [{ ttl_seconds: 5 }, '/ttl_seconds', 'out_of_range'],
    [{ ttl_seconds: 86_401 }, '/ttl_seconds', 'out_of_range'],
    [{ ttl_seconds: '60' }, '/ttl_seconds', 'wrong_type'],
  ])('is not issued for %j', async (request, pointer, code) => {
    expect(await issue(request)).toMatchObject({ status: 422, body: { errors: [{ pointer, code }] } });
  });
});

describe('the secret behind the tokens', () => {
  it('is the same after a restart: keys go on working, and tokens fail for their session alone', async () => {
    const data = await tempDir();
    const environment = { JIGA_DATA_DIR: data.path };
    const first = await TestServer.start({ analyzer: new FakeAnalyzer(), environment });
    const { body: key } = await call<{ key: string }>(first, 'POST', '/api-keys', { name: 'kept' });
    const id = await first.createSession({}, key.key);
    const { body } = await call<TokenAnswer>(first, 'POST', `/sessions/${id}/tokens`, {}, { token: key.key });
    const { body: revoked } = await call<TokenAnswer>(first, 'POST', `/sessions/${id}/tokens`, {}, { token: key.key });
    await call(first, 'DELETE', `/sessions/${id}/tokens/${revoked.token_id}`, undefined, { token: key.key });
    await first.stop();
    const second = await TestServer.start({ analyzer: new FakeAnalyzer(), environment });
    try {
      expect((await call(second, 'GET', `/sessions/${id}`, undefined, { token: key.key })).status).toBe(200);
      expect(await call(second, 'GET', `/sessions/${id}`, undefined, { token: body.token })).toMatchObject({
        status: 401,
        body: { detail: 'The session of this token has ended.' },
      });
      const { body: tokens } = await call(second, 'GET', `/sessions/${id}/tokens`, undefined, { token: key.key });
      expect(tokens).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ state: 'revoked' })]) });
    } finally {
      await second.stop();
      await data.remove();
    }
  });
});
