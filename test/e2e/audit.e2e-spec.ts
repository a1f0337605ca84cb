import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer, tempDir } from '@jiga/testing';

import { call } from '../support/call.js';
import { TestServer } from '../support/start-test-server.js';

interface Entry {
  readonly id: string;
  readonly timestamp: number;
  readonly action: string;
  readonly actor: string | null;
  readonly target: string | null;
  readonly request_id: string | null;
  readonly remote_address: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Page {
  readonly items: Entry[];
  readonly next_cursor: string | null;
}

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start({ analyzer: new FakeAnalyzer(), credentials: { studio: { owner: 'studio' } } });
});
afterAll(() => server.stop());

const read = async (query = '', on = server): Promise<Page> => (await call<Page>(on, 'GET', `/audit${query}`)).body;

describe('the audit trail', () => {
  it('tells who created, issued, rotated, revoked and closed what, from where and in which request', async () => {
    const made = await call<{ id: string; key: string }>(server, 'POST', '/api-keys', { name: 'k', owner: 'studio' });
    const key = made.body;
    const id = await server.createSession({}, key.key);
    const issued = await call<{ token: string; token_id: string }>(
      server,
      'POST',
      `/sessions/${id}/tokens`,
      {},
      { token: key.key },
    );
    await call(server, 'DELETE', `/sessions/${id}/tokens/${issued.body.token_id}`, undefined, { token: key.key });
    await call(server, 'DELETE', `/sessions/${id}/tokens`, undefined, { token: key.key });
    await call(server, 'POST', `/api-keys/${key.id}/rotate`);
    await call(server, 'DELETE', `/api-keys/${key.id}`);
    await server.closeSession(id);

    const { items } = await read();
    const brief = items.map(({ action, actor, target }) => [action, actor, target]).reverse();
    expect(brief).toEqual([
      ['api_key.created', 'admin', key.id],
      ['session.created', key.id, id],
      ['session_token.issued', key.id, id],
      ['session_token.revoked', key.id, id],
      ['session_tokens.revoked', key.id, id],
      ['api_key.rotated', 'admin', key.id],
      ['api_key.revoked', 'admin', key.id],
      ['session.closed', 'admin', id],
    ]);
    expect(items.every(({ remote_address: address }) => address === '127.0.0.1')).toBe(true);
    expect(items.at(-1)).toMatchObject({
      request_id: made.headers.get('x-request-id'),
      detail: { name: 'k', owner: 'studio', scopes: expect.any(Array) },
    });
    expect(items.find(({ action }) => action === 'session_token.issued')?.detail).toMatchObject({
      token_id: issued.body.token_id,
      permissions: 'view',
    });
    expect(JSON.stringify(items)).not.toContain(key.key);
    expect(JSON.stringify(items)).not.toContain(issued.body.token);
  });

  it('does not write what was refused or replayed', async () => {
    const headers = { 'idempotency-key': 'audit-once' };
    await call(server, 'POST', '/api-keys', { name: '' }, { headers });
    for (let i = 0; i < 3; i++) await call(server, 'POST', '/api-keys', { name: 'once-in-the-trail' }, { headers });
    const { items } = await read('?action=api_key.created');
    expect(items.filter(({ detail }) => detail['name'] === 'once-in-the-trail')).toHaveLength(1);
  });

  it('is filtered, and read page by page', async () => {
    const id = await server.createSession({}, 'studio');
    await server.closeSession(id);
    expect((await read(`?target=${id}`)).items.map(({ action }) => action)).toEqual([
      'session.closed',
      'session.created',
    ]);
    expect((await read(`?target=${id}&actor=studio`)).items.map(({ action }) => action)).toEqual(['session.created']);
    const { timestamp } = (await read(`?target=${id}`)).items[0] as Entry;
    expect(
      (await read(`?until=${timestamp}`)).items.some(
        ({ target, action }) => target === id && action === 'session.closed',
      ),
    ).toBe(false);
    const all = (await read('?limit=200')).items.map((entry) => entry.id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = await read(`?limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map((entry) => entry.id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(all);
  });

  it.each(['?action=DROP', '?limit=0', '?limit=1e9', '?cursor=zzz', '?since=yesterday', '?actor=', '?who=me'])(
    'refuses %s',
    async (query) => {
      expect(await call(server, 'GET', `/audit${query}`)).toMatchObject({
        status: 422,
        body: { code: 'validation_failed' },
      });
    },
  );

  it('cannot be changed: no method but GET is taken', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(await call(server, method, '/audit')).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    }
  });

  it('is for admins, and survives a restart with what the stop itself ended', async () => {
    expect(await call(server, 'GET', '/audit', undefined, { token: 'studio' })).toMatchObject({ status: 403 });
    const data = await tempDir();
    const environment = { JIGA_DATA_DIR: data.path };
    const first = await TestServer.start({ analyzer: new FakeAnalyzer(), environment });
    const id = await first.createSession();
    await first.stop();
    const second = await TestServer.start({ analyzer: new FakeAnalyzer(), environment });
    const { items } = await read(`?target=${id}`, second);
    expect(items).toMatchObject([
      { action: 'session.closed', actor: null, request_id: null, detail: { reason: 'server_restarted' } },
      { action: 'session.created', actor: 'admin' },
    ]);
    await second.stop();
    await data.remove();
  });
});
