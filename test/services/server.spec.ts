import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer, postgresTestDatabase } from '@jiga/testing';
import type { TestDatabase } from '@jiga/testing';

import { SessionFacts } from '../support/session-facts.js';
import { TestServer } from '../support/start-test-server.js';
import { postgresUrl } from './postgres-url.js';

describe('a server on PostgreSQL', () => {
  let home: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    home = await postgresTestDatabase(postgresUrl())();
    server = await TestServer.start({ analyzer: new FakeAnalyzer(), environment: home.environment });
  });
  afterAll(async () => {
    await server.stop();
    await home.remove();
  });

  it('is ready, and keeps what it is told to', async () => {
    const ready = await fetch(`${server.origin}/health/ready`);
    expect(await ready.json()).toMatchObject({ status: 'ready', checks: { storage: 'ok', timeline: 'ok' } });
    const id = await server.createSession({ user_id: 'ann', team_id: 'red' });
    new SessionFacts(server, id).callout('said');
    await server.closeSession(id);
    const { items } = (await (await server.fetch(`/sessions/${id}/events`)).json()) as { items: { type: string }[] };
    expect(items.map(({ type }) => type)).toEqual([
      'session.state_changed',
      'session.state_changed',
      'callout',
      'session.state_changed',
      'session.state_changed',
    ]);
    const list = (await (await server.fetch('/sessions?user_id=ann&team_id=red&state=closed')).json()) as {
      items: { session_id: string }[];
    };
    expect(list.items.map(({ session_id }) => session_id)).toEqual([id]);
  });

  it('answers 4xx to text that it cannot hold, never 500', async () => {
    const id = await server.createSession();
    const nul = '%00';
    const cursor = Buffer.from('[1,"\u0000"]').toString('base64url');
    const answers = await Promise.all([
      server.fetch(`/sessions?user_id=${nul}`),
      server.fetch(`/sessions?team_id=${nul}`),
      server.fetch(`/sessions?cursor=${cursor}`),
      server.fetch(`/sessions/${nul}`),
      server.fetch(`/sessions/${id}/events?since=a${nul}`),
      server.fetch(`/sessions/${id}/events?types=${nul}`),
      server.fetch(`/users/a${nul}/data`, { method: 'DELETE' }),
      server.fetch('/sessions', { method: 'POST', body: JSON.stringify({ user_id: 'a\u0000' }) }),
      server.fetch('/sessions', { method: 'POST', body: JSON.stringify({ user_id: 'a', team_id: '\u0000' }) }),
      server.fetch('/api-keys', { method: 'POST', body: JSON.stringify({ name: 'a\u0000' }) }),
      server.fetch(`/audit?cursor=${cursor}`),
      server.fetch(`/webhooks?cursor=${cursor}`),
    ]);
    for (const { status, url } of answers) {
      expect([url.slice(server.origin.length), status >= 400 && status < 500]).toEqual([
        url.slice(server.origin.length),
        true,
      ]);
    }
  });
});
