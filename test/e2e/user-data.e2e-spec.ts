import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Database } from '@jiga/platform';
import { FakeAnalyzer } from '@jiga/testing';

import { SessionFacts } from '../support/session-facts.js';
import { TestServer } from '../support/start-test-server.js';

interface Erasure {
  readonly user_id: string;
  readonly deleted: Readonly<Record<string, number>>;
}

describe('DELETE /users/{id}/data', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      credentials: {
        mine: { owner: 'me' },
        other: { owner: 'somebody else' },
        reader: { owner: 'me', scopes: ['sessions:read'] },
      },
    });
  });
  afterAll(() => server.stop());

  const erase = async (userId: string, token?: string): Promise<Erasure> => {
    const response = await server.fetch(`/users/${encodeURIComponent(userId)}/data`, {
      method: 'DELETE',
      ...(token !== undefined && { token }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as Erasure;
  };
  const statusOf = async (id: string): Promise<number> => (await server.fetch(`/sessions/${id}`)).status;

  it("removes a player's sessions with their timelines, also live ones and what is not written yet", async () => {
    const ended = await server.createSession({ user_id: 'an n/1' });
    await server.closeSession(ended);
    const live = await server.createSession({ user_id: 'an n/1' });
    const bystander = await server.createSession({ user_id: 'bob' });
    new SessionFacts(server, live).callout('said');
    const { user_id, deleted } = await erase('an n/1');
    expect(user_id).toBe('an n/1');
    expect(deleted['sessions']).toBe(2);
    expect([await statusOf(ended), await statusOf(live), await statusOf(bystander)]).toEqual([404, 404, 200]);
    const rows = await server.server.app
      .get(Database)
      .tables<{ session_events: { session_id: string } }>()
      .selectFrom('session_events')
      .select('session_id')
      .where('session_id', 'in', [ended, live])
      .execute();
    expect(rows).toEqual([]);
    expect((await erase('an n/1')).deleted).toMatchObject({ sessions: 0, events: 0 });
  });

  it('forgets the answers that were kept for repeated requests', async () => {
    const create = (): Promise<Response> =>
      server.fetch('/sessions', {
        method: 'POST',
        headers: { 'idempotency-key': 'dora-1' },
        body: JSON.stringify({ user_id: 'dora' }),
      });
    const first = (await (await create()).json()) as { session_id: string };
    expect((await create()).headers.get('idempotent-replayed')).toBe('true');
    expect((await erase('dora')).deleted).toMatchObject({ sessions: 1, idempotency_records: 1 });
    const again = await create();
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect(((await again.json()) as { session_id: string }).session_id).not.toBe(first.session_id);
  });

  it("removes only what belongs to the credential's owner, unless it is admin", async () => {
    const mine = await server.createSession({ user_id: 'cleo' }, 'mine');
    const others = await server.createSession({ user_id: 'cleo' }, 'other');
    expect((await erase('cleo', 'mine')).deleted['sessions']).toBe(1);
    expect([await statusOf(mine), await statusOf(others)]).toEqual([404, 200]);
    expect((await erase('cleo')).deleted['sessions']).toBe(1);
    expect(await statusOf(others)).toBe(404);
  });

  it('needs the right to change sessions', async () => {
    const response = await server.fetch('/users/cleo/data', { method: 'DELETE', token: 'reader' });
    expect(response.status).toBe(403);
  });
});
