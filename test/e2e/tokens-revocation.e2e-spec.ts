import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { newId } from '@jiga/contracts';
import { Database } from '@jiga/platform';
import type { VirtualClock } from '@jiga/testing';

import { call } from '../support/call.js';
import { ADMIN_KEY, type TestServer } from '../support/start-test-server.js';
import { TokenRig } from '../support/token-rig.js';

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

const revoke = (id: string, tokenId: string, token = 'studio-token') =>
  call<object>(server, 'DELETE', `/sessions/${id}/tokens/${tokenId}`, undefined, { token });

describe('a session token', () => {
  it('ends when it is revoked, over HTTP, on its sockets and event streams, and says so as often as it is asked', async () => {
    const { body } = await issue({ permissions: 'configure' });
    const other = await tokenFor('configure');
    const [socket, sibling] = [
      await server.connectVideo(session, { token: body.token }),
      await server.connectVideo(session, { token: other }),
    ];
    for (const each of [socket, sibling]) await each.waitFor('direct_video_stream_connected');
    const headers = { authorization: `Bearer ${body.token}`, accept: 'text/event-stream' };
    const events = await fetch(`${server.origin}/api/v1/jiga/sessions/${session}/events`, { headers });
    const revoked = await revoke(session, body.token_id);
    expect(revoked).toMatchObject({
      status: 200,
      body: { token_id: body.token_id, session_id: session, state: 'revoked', revoked_at: clock.nowMs() / 1000 },
    });
    expect(JSON.stringify(revoked.body)).not.toContain(body.token);
    await expect(socket.closed).resolves.toMatchObject({ code: 4401 });
    await events.text();
    expect(await call(server, 'GET', `/sessions/${session}`, undefined, { token: body.token })).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated', detail: 'The session token was revoked.' },
    });
    expect((await revoke(session, body.token_id)).body).toEqual(revoked.body);
    expect((await call(server, 'GET', `/sessions/${session}`, undefined, { token: other })).status).toBe(200);
    sibling.send({ type: 'ping', request_id: 1 });
    await sibling.waitFor('pong');
    await sibling.close();
  });

  it('takes the tokens with it that it issued', async () => {
    const admin = await server.createSession({ permissions: 'admin' });
    const { body: parent } = await issue({ permissions: 'admin' }, ADMIN_KEY, admin);
    const { body: child } = await issue({ permissions: 'admin' }, parent.token, admin);
    const { body: grandchild } = await issue({ permissions: 'configure' }, child.token, admin);
    const socket = await server.connectVideo(admin, { token: grandchild.token });
    await socket.waitFor('direct_video_stream_connected');
    await revoke(admin, parent.token_id, ADMIN_KEY);
    await expect(socket.closed).resolves.toMatchObject({ code: 4401 });
    for (const { token } of [parent, child, grandchild]) {
      expect((await call(server, 'GET', `/sessions/${admin}`, undefined, { token })).status).toBe(401);
    }
  });

  it('is revoked with all of its session, which goes on with new ones', async () => {
    const tokens = [await tokenFor('view'), await tokenFor('configure')];
    const elsewhere = await server.createSession({}, 'studio-token');
    const { body: untouched } = await issue({}, 'studio-token', elsewhere);
    const all = () => call(server, 'DELETE', `/sessions/${session}/tokens`, undefined, { token: 'studio-token' });
    expect(await all()).toMatchObject({ status: 200, body: { session_id: session, revoked: 2 } });
    expect(await all()).toMatchObject({ status: 200, body: { revoked: 0 } });
    const reading = (token: string, id = session) => call(server, 'GET', `/sessions/${id}`, undefined, { token });
    for (const token of tokens) expect((await reading(token)).status).toBe(401);
    expect((await reading(await tokenFor('view'))).status).toBe(200);
    expect((await reading(untouched.token, elsewhere)).status).toBe(200);
  });

  it('is listed without itself, the newest first', async () => {
    const { body: first } = await issue({ permissions: 'view', ttl_seconds: 60 });
    clock.advance(1_000);
    const { body: second } = await issue({ permissions: 'configure' });
    await revoke(session, second.token_id);
    clock.advance(60_000);
    const list = async (query: string) =>
      (
        await call<{ items: { token_id: string; state: string }[]; next_cursor: string | null }>(
          server,
          'GET',
          `/sessions/${session}/tokens${query}`,
          undefined,
          { token: 'studio-token' },
        )
      ).body;
    const page = await list('?limit=1');
    const rest = await list(`?limit=1&cursor=${page.next_cursor}`);
    expect([...page.items, ...rest.items]).toMatchObject([
      { token_id: second.token_id, state: 'revoked', permissions: 'configure', issued_by: expect.any(String) },
      { token_id: first.token_id, state: 'expired', revoked_at: null },
    ]);
    expect(rest.next_cursor).toBeNull();
    expect(JSON.stringify([page, rest])).not.toContain('jst.');
  });

  it('revokes itself with configure, and others with admin alone', async () => {
    const [{ body: own }, { body: other }] = [
      await issue({ permissions: 'configure' }),
      await issue({ permissions: 'view' }),
    ];
    const refused = { status: 403, body: { code: 'forbidden' } };
    expect(await revoke(session, other.token_id, own.token)).toMatchObject(refused);
    for (const method of ['GET', 'DELETE']) {
      expect(await call(server, method, `/sessions/${session}/tokens`, undefined, { token: own.token })).toMatchObject(
        refused,
      );
    }
    expect(await revoke(session, other.token_id, other.token)).toMatchObject(refused);
    expect((await revoke(session, own.token_id, own.token)).status).toBe(200);
    expect((await call(server, 'GET', `/sessions/${session}`, undefined, { token: own.token })).status).toBe(401);
  });

  it('is found to be revoked through its own session alone', async () => {
    const { body } = await issue({});
    const sibling = await server.createSession({}, 'studio-token');
    const notThere = { status: 404, body: { code: 'session_token_not_found' } };
    expect(await revoke(sibling, body.token_id)).toMatchObject(notThere);
    expect(await revoke(session, newId('session_token'))).toMatchObject(notThere);
    expect(await revoke(session, 'nonsense')).toMatchObject(notThere);
    expect(await revoke(session, body.token_id, 'other-token')).toMatchObject({
      status: 404,
      body: { code: 'session_not_found' },
    });
    expect((await call(server, 'GET', `/sessions/${session}`, undefined, { token: body.token })).status).toBe(200);
  });

  it('ends when somebody else revokes it in the database', async () => {
    const { body } = await issue({ permissions: 'configure' });
    const socket = await server.connectVideo(session, { token: body.token });
    await socket.waitFor('direct_video_stream_connected');
    await server.server.app
      .get(Database)
      .tables<{ session_tokens: { id: string; revoked_at: number } }>()
      .updateTable('session_tokens')
      .set({ revoked_at: 1 })
      .where('id', '=', body.token_id)
      .execute();
    expect((await call(server, 'GET', `/sessions/${session}`, undefined, { token: body.token })).status).toBe(401);
    clock.advance(10_000);
    await expect(socket.closed).resolves.toMatchObject({ code: 4401 });
  });
});
