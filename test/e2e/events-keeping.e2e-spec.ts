import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Database, RetentionService } from '@jiga/platform';
import { FakeAnalyzer, sqliteTestDatabase } from '@jiga/testing';
import type { TestDatabase } from '@jiga/testing';

import { SessionFacts } from '../support/session-facts.js';
import { TestServer } from '../support/start-test-server.js';

interface Page {
  readonly items: readonly { readonly type: string; readonly data: Readonly<Record<string, unknown>> }[];
}
interface Tables {
  readonly sessions: { readonly id: string; readonly ended_at: number };
  readonly session_transitions: { readonly at: number };
  readonly session_events: { readonly session_id: string; readonly type: string; readonly at: number };
}
const HOUR_S = 3_600;

describe('how long things are kept', () => {
  let home: TestDatabase;
  const servers: TestServer[] = [];

  beforeEach(async () => {
    home = await sqliteTestDatabase();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    await home.remove();
  });

  async function start(): Promise<TestServer> {
    const server = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      environment: {
        ...home.environment,
        JIGA_TIMELINE_FLUSH_MS: '60000',
        JIGA_RETENTION_ANALYSES_HOURS: '1',
        JIGA_RETENTION_SESSIONS_HOURS: '10',
      },
    });
    servers.push(server);
    return server;
  }
  async function typesOf(server: TestServer, id: string): Promise<unknown[]> {
    const { items } = (await (await server.fetch(`/sessions/${id}/events`)).json()) as Page;
    return items.map(({ type, data }) => data['to'] ?? type);
  }

  it('an orderly stop loses no event, written yet or not', async () => {
    const first = await start();
    const id = await first.createSession();
    const facts = new SessionFacts(first, id);
    for (let i = 0; i < 50; i++) facts.callout(String(i));
    await first.server.close();
    const second = await start();
    expect(await typesOf(second, id)).toEqual([
      'created',
      'active',
      ...Array.from({ length: 50 }, () => 'callout'),
      'closing',
      'closed',
    ]);
  });

  it('analyses go after their time, ended sessions after theirs, live ones stay', async () => {
    const first = await start();
    const ended = await first.createSession();
    const facts = new SessionFacts(first, ended);
    facts.analysis('ana_1', true);
    facts.callout('said');
    await first.server.close();
    // Another start, so that nothing of it is in memory.
    const server = await start();
    const live = await server.createSession();
    const { app } = server.server;
    const db = app.get(Database).tables<Tables>();
    const age = async (seconds: number): Promise<void> => {
      await db
        .updateTable('session_events')
        .set((is) => ({ at: is('at', '-', seconds) }))
        .execute();
      await db
        .updateTable('session_transitions')
        .set((is) => ({ at: is('at', '-', seconds) }))
        .execute();
      await db
        .updateTable('sessions')
        .set((is) => ({ ended_at: is('ended_at', '-', seconds) }))
        .execute();
      await app.get(RetentionService).sweep();
    };
    await age(HOUR_S - 60);
    expect(await typesOf(server, ended)).toEqual(['created', 'active', 'analysis', 'callout', 'closing', 'closed']);
    await age(120);
    const kept = await db.selectFrom('session_events').select('type').where('session_id', '=', ended).execute();
    expect(kept.map(({ type }) => type)).not.toContain('analysis');
    expect(kept).toHaveLength(5);
    await age(10 * HOUR_S);
    expect((await server.fetch(`/sessions/${ended}`)).status).toBe(404);
    expect((await server.fetch(`/sessions/${live}`)).status).toBe(200);
    expect(await typesOf(server, live)).toEqual(['created', 'active']);
  });
});
