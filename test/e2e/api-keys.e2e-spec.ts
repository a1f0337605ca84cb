import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer, VirtualClock } from '@jiga/testing';

import { call as callServer } from '../support/call.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

interface KeyAnswer {
  readonly id: string;
  readonly key: string;
  readonly prefix: string;
  readonly state: string;
  readonly last_used_at: number | null;
}

let server: TestServer;
let clock: VirtualClock;
beforeAll(async () => {
  clock = new VirtualClock();
  server = await TestServer.start({ analyzer: new FakeAnalyzer(), clock });
});
afterAll(() => server.stop());

const call = <T = Record<string, unknown>>(method: string, path: string, body?: unknown, token = ADMIN_KEY) =>
  callServer<T>(server, method, path, body, { token });

const createKey = async (request: Record<string, unknown> = {}): Promise<KeyAnswer> => {
  const { status, body } = await call<KeyAnswer>('POST', '/api-keys', { name: 'test', ...request });
  expect(status).toBe(201);
  return body;
};

describe('API keys', () => {
  it('are shown once, in a form that can be recognised, and work at once', async () => {
    const { status, headers, body } = await call<KeyAnswer>('POST', '/api-keys', { name: 'matchmaker' });
    expect(status).toBe(201);
    expect(body.key).toMatch(new RegExp(`^jiga_${body.prefix}_[0-9A-Za-z]{36}$`));
    expect(headers.get('location')).toBe(`${server.origin}/api/v1/jiga/api-keys/${body.id}`);
    expect(body).toMatchObject({ name: 'matchmaker', owner: body.id, state: 'active', created_by: 'admin' });
    await expect(server.createSession({}, body.key)).resolves.toMatch(/^sess_/);
    const read = await call('GET', `/api-keys/${body.id}`);
    expect(JSON.stringify(read.body)).not.toContain(body.key.slice(-36));
  });

  it('do what their scopes say and no more', async () => {
    const { key } = await createKey({ scopes: ['sessions:read'] });
    expect((await call('GET', '/sessions', undefined, key)).status).toBe(200);
    expect(await call('POST', '/sessions', { user_id: 'p' }, key)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    for (const path of ['/api-keys', '/audit']) {
      expect(await call('GET', path, undefined, key)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
  });

  it('see the sessions of their own owner alone', async () => {
    const [mine, partner, stranger] = await Promise.all([
      createKey({ owner: 'studio-1' }),
      createKey({ owner: 'studio-1' }),
      createKey(),
    ]);
    const id = await server.createSession({}, mine.key);
    expect((await call('GET', `/sessions/${id}`, undefined, partner.key)).status).toBe(200);
    expect(await call('GET', `/sessions/${id}`, undefined, stranger.key)).toMatchObject({
      status: 404,
      body: { code: 'session_not_found' },
    });
  });

  it('expire', async () => {
    const { id, key } = await createKey({ expires_at: clock.nowMs() / 1000 + 60 });
    expect((await call('GET', '/sessions', undefined, key)).status).toBe(200);
    clock.advance(60_000);
    expect(await call('GET', '/sessions', undefined, key)).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated', detail: 'The API key is expired.' },
    });
    expect((await call('GET', `/api-keys/${id}`)).body).toMatchObject({ state: 'expired' });
  });

  it('rotate: the old secret holds for the overlap, and the one before it not at all', async () => {
    const { id, key: first } = await createKey();
    const second = await call<KeyAnswer>('POST', `/api-keys/${id}/rotate`, { overlap_seconds: 100 });
    expect(second).toMatchObject({ status: 200, body: { id, previous_expires_at: clock.nowMs() / 1000 + 100 } });
    const works = async (key: string): Promise<boolean> =>
      (await call('GET', '/sessions', undefined, key)).status === 200;
    expect([await works(first), await works(second.body.key)]).toEqual([true, true]);
    const third = await call<KeyAnswer>('POST', `/api-keys/${id}/rotate`, { overlap_seconds: 100 });
    expect([await works(first), await works(second.body.key), await works(third.body.key)]).toEqual([
      false,
      true,
      true,
    ]);
    clock.advance(100_000);
    expect([await works(second.body.key), await works(third.body.key)]).toEqual([false, true]);
  });

  it('rotate without a body, and at once with an overlap of nothing', async () => {
    const { id, key } = await createKey();
    expect((await call('POST', `/api-keys/${id}/rotate`)).status).toBe(200);
    const { body } = await call<KeyAnswer>('POST', `/api-keys/${id}/rotate`, { overlap_seconds: 0 });
    expect((await call('GET', '/sessions', undefined, key)).status).toBe(401);
    expect((await call('GET', '/sessions', undefined, body.key)).status).toBe(200);
  });

  it('end at once when revoked, with every socket of theirs, and stay ended', async () => {
    const { id, key } = await createKey();
    const other = await createKey();
    const session = await server.createSession({}, key);
    const socket = await server.connectVideo(session, { token: key });
    const bystander = await server.connectVideo(await server.createSession({}, other.key), { token: other.key });
    await Promise.all([
      socket.waitFor('direct_video_stream_connected'),
      bystander.waitFor('direct_video_stream_connected'),
    ]);

    const revoked = await call('DELETE', `/api-keys/${id}`);
    expect(revoked).toMatchObject({ status: 200, body: { state: 'revoked', revoked_at: clock.nowMs() / 1000 } });
    await expect(socket.closed).resolves.toMatchObject({ code: 4401 });
    expect(socket.ofType('error')).toMatchObject([{ code: 'unauthenticated', message: 'The credential was revoked.' }]);
    bystander.send({ type: 'ping' });
    await bystander.waitFor('pong');

    clock.advance(1000);
    expect(await call('GET', '/sessions', undefined, key)).toMatchObject({
      status: 401,
      body: { detail: 'The API key is revoked.' },
    });
    expect((await call('DELETE', `/api-keys/${id}`)).body).toEqual(revoked.body);
    expect(await call('POST', `/api-keys/${id}/rotate`)).toMatchObject({
      status: 409,
      body: { code: 'api_key_revoked' },
    });
    await bystander.close();
  });

  it('tell when they were used, without the request waiting for it', async () => {
    const { id, key, last_used_at } = await createKey();
    expect(last_used_at).toBeNull();
    await call('GET', '/sessions', undefined, key);
    const usedAt = clock.nowMs() / 1000;
    clock.advance(5_000);
    expect((await call('GET', `/api-keys/${id}`)).body).toMatchObject({ last_used_at: usedAt });
  });

  it('are listed newest first, page by page', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      ids.unshift((await createKey({ owner: 'of-the-list' })).id);
      clock.advance(10);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page = await call<{ items: KeyAnswer[]; next_cursor: string | null }>(
        'GET',
        `/api-keys?owner=of-the-list&limit=2${query}`,
      );
      seen.push(...page.body.items.map((key) => key.id));
      cursor = page.body.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids);
  });

  it.each([
    [{}, '/name', 'required'],
    [{ name: 'a\u0000b' }, '/name', 'bad_format'],
    [{ name: 'a', scopes: [] }, '/scopes', 'bad_length'],
    [{ name: 'a', scopes: ['root'] }, '/scopes', 'not_allowed'],
    [{ name: 'a', owner: 'a b' }, '/owner', 'bad_format'],
    [{ name: 'a', expires_at: 1 }, '/expires_at', 'out_of_range'],
    [{ name: 'a', expires_at: 'soon' }, '/expires_at', 'wrong_type'],
    [{ name: 'a', secret: 'mine' }, '/secret', 'unknown_field'],
  ])('refuse %j', async (request, pointer, code) => {
    expect(await call('POST', '/api-keys', request)).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ pointer, code }] },
    });
  });

  it('are found by nobody who asks for another id', async () => {
    for (const [method, path] of [
      ['GET', '/api-keys/key_nope'],
      ['DELETE', '/api-keys/key_nope'],
      ['POST', '/api-keys/key_nope/rotate'],
    ] as const) {
      expect(await call(method, path)).toMatchObject({ status: 404, body: { code: 'api_key_not_found' } });
    }
  });

  it('hash with a secret that only the server’s own user can read', async () => {
    await createKey();
    const { dataDir } = server.server.config;
    expect((await stat(join(dataDir, 'key-pepper'))).mode & 0o777).toBe(0o600);
  });
});
