import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Database } from '@jiga/platform';
import { FakeAnalyzer, tempDir, VirtualClock } from '@jiga/testing';

import { call } from '../support/call.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

interface SessionAnswer {
  readonly session_id: string;
}

let server: TestServer;
let clock: VirtualClock;
beforeAll(async () => {
  clock = new VirtualClock();
  server = await TestServer.start({
    analyzer: new FakeAnalyzer(),
    clock,
    credentials: { 'other-token': { owner: 'other' } },
  });
});
afterAll(() => server.stop());

const create = (key: string, body: unknown = { user_id: 'p' }, on = server, token = ADMIN_KEY) =>
  call<SessionAnswer>(on, 'POST', '/sessions', body, { token, headers: { 'idempotency-key': key } });

const countOf = async (userId: string): Promise<number> => {
  const { body } = await call<{ items: unknown[] }>(server, 'GET', `/sessions?user_id=${userId}&limit=200`);
  return body.items.length;
};

describe('a POST with an Idempotency-Key', () => {
  it('has its effect once and gives the first answer again', async () => {
    const key = randomUUID();
    const first = await create(key, { user_id: 'once' });
    const again = await create(key, { user_id: 'once' });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await countOf('once')).toBe(1);
  });

  it('runs once for 20 twins at the same moment', async () => {
    const key = randomUUID();
    const twins = await Promise.all(Array.from({ length: 20 }, () => create(key, { user_id: 'twins' })));
    expect(new Set(twins.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(twins.map(({ body }) => body.session_id)).size).toBe(1);
    expect(twins.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(19);
    expect(await countOf('twins')).toBe(1);
  });

  it('is refused with another content, but not with the same written otherwise', async () => {
    const key = randomUUID();
    await create(key, { user_id: 'p', game: 'openarena' });
    expect(await create(key, { user_id: 'q', game: 'openarena' })).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });
    const rewritten = await create(key, { game: 'openarena', user_id: 'p' });
    expect(rewritten.headers.get('idempotent-replayed')).toBe('true');
  });

  it('means nothing for other credentials and other routes', async () => {
    const key = randomUUID();
    const mine = await create(key);
    const theirs = await create(key, { user_id: 'p' }, server, 'other-token');
    expect(theirs.status).toBe(201);
    expect(theirs.body.session_id).not.toBe(mine.body.session_id);
    const token = await call(server, 'POST', `/sessions/${mine.body.session_id}/tokens`, undefined, {
      headers: { 'idempotency-key': key },
    });
    expect([token.status, token.headers.get('idempotent-replayed')]).toEqual([201, null]);
  });

  it('may be tried again after a failure, since nothing was created', async () => {
    const key = randomUUID();
    expect((await create(key, { user_id: '' })).status).toBe(422);
    expect((await create(key, { user_id: 'p' })).status).toBe(201);
  });

  it('shows a secret again to its own retry, and keeps it in no readable form', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const [first, again] = [
      await call<{ key: string }>(server, 'POST', '/api-keys', { name: 'k' }, { headers }),
      await call<{ key: string }>(server, 'POST', '/api-keys', { name: 'k' }, { headers }),
    ];
    expect(again.body.key).toBe(first.body.key);
    const tables = server.server.app.get(Database).tables<{ idempotency_records: Record<string, unknown> }>();
    const rows = JSON.stringify(await tables.selectFrom('idempotency_records').selectAll().execute());
    expect(rows).not.toContain(first.body.key);
    expect(rows).not.toContain(headers['idempotency-key']);
  });

  it('is forgotten after 24 hours', async () => {
    const key = randomUUID();
    const first = await create(key);
    clock.advance(24 * 3600 * 1000);
    const later = await create(key);
    expect(later.headers.get('idempotent-replayed')).toBeNull();
    expect(later.body.session_id).not.toBe(first.body.session_id);
  });

  it.each(['', 'has space', 'x'.repeat(256)])('is refused for the key "%s"', async (key) => {
    expect(await create(key)).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  });
});

describe('after a restart', () => {
  it('the first answer is given again', async () => {
    const data = await tempDir();
    const environment = { JIGA_DATA_DIR: data.path };
    const key = randomUUID();
    const first = await TestServer.start({ analyzer: new FakeAnalyzer(), environment });
    const before = await create(key, { user_id: 'p' }, first);
    await first.stop();
    const second = await TestServer.start({ analyzer: new FakeAnalyzer(), environment });
    try {
      const after = await create(key, { user_id: 'p' }, second);
      expect(after.headers.get('idempotent-replayed')).toBe('true');
      expect(after.body).toEqual(before.body);
    } finally {
      await second.stop();
      await data.remove();
    }
  });
});
