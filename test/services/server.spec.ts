import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Client } from 'pg';

import { FakeAnalyzer, postgresTestDatabase, SocketClient } from '@jiga/testing';
import type { TestDatabase } from '@jiga/testing';

import { SessionFacts } from '../support/session-facts.js';
import { TestServer } from '../support/start-test-server.js';
import { postgresUrl } from './postgres-url.js';

describe('a server on PostgreSQL', () => {
  let home: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    home = await postgresTestDatabase(postgresUrl())();
    server = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      environment: { ...home.environment, JIGA_REVOCATION_CHECK_S: '1' },
    });
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

  it('closes the sockets of a key that somebody else revokes in the database', async () => {
    const issued = await server.fetch('/api-keys', {
      method: 'POST',
      body: JSON.stringify({ name: 'game server', scopes: ['admin'] }),
    });
    const { id: keyId, key } = (await issued.json()) as { id: string; key: string };
    const id = await server.createSession();
    const socket = await SocketClient.connect(`${server.socketOrigin}/sessions/${id}/events/stream`, { token: key });
    const other = new Client({ connectionString: home.environment['DATABASE_URL'] });
    await other.connect();
    await other.query('update api_keys set revoked_at = 1 where id = $1', [keyId]);
    await other.end();
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });

  it('goes on when the database has cut every connection, and loses no event', async () => {
    const id = await server.createSession();
    const facts = new SessionFacts(server, id);
    facts.callout('before');
    const admin = new Client({ connectionString: postgresUrl() });
    await admin.connect();
    const { pathname } = new URL(home.environment['DATABASE_URL'] ?? '');
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [pathname.slice(1)]);
    await admin.end();
    facts.callout('after');
    // The first answers may fail while the connections are made anew.
    let status = 0;
    for (let tries = 0; status !== 201 && tries < 20; tries++) {
      status = (await server.fetch('/sessions', { method: 'POST', body: '{"user_id":"ann"}' })).status;
    }
    expect(status).toBe(201);
    await server.closeSession(id);
    const { items } = (await (await server.fetch(`/sessions/${id}/events?types=callout`)).json()) as {
      items: { data: { text: string } }[];
    };
    expect(items.map(({ data }) => data.text)).toEqual(['before', 'after']);
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
