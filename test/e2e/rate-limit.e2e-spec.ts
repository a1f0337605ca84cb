import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer, VirtualClock } from '@jiga/testing';

import { call } from '../support/call.js';
import { TestServer } from '../support/start-test-server.js';

describe('the rate limit', () => {
  let server: TestServer;
  let clock: VirtualClock;
  beforeAll(async () => {
    clock = new VirtualClock();
    server = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      clock,
      environment: { JIGA_RATE_LIMIT_REQUESTS: '5', JIGA_RATE_LIMIT_WINDOW_S: '10' },
      credentials: { one: { owner: 'one' }, two: { owner: 'two' } },
    });
  });
  afterAll(() => server.stop());

  const ask = (token: string, path = '/sessions') => call(server, 'GET', path, undefined, { token });

  it('tells each answer’s reader where it stands, then refuses with the time to wait', async () => {
    const seen: (string | null)[] = [];
    for (let i = 0; i < 5; i++) {
      const { status, headers } = await ask('one');
      expect([status, headers.get('ratelimit-policy')]).toEqual([200, '"default";q=5;w=10']);
      seen.push(headers.get('ratelimit'));
    }
    expect(seen).toEqual([4, 3, 2, 1, 0].map((left) => `"default";r=${left};t=2`));
    const refused = await ask('one');
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited', retryable: true } });
    expect([refused.headers.get('retry-after'), refused.headers.get('ratelimit')]).toEqual(['2', '"default";r=0;t=2']);
    clock.advance(2_000);
    expect((await ask('one')).status).toBe(200);
    expect((await ask('one')).status).toBe(429);
  });

  it('is each credential’s own', async () => {
    expect((await ask('two')).status).toBe(200);
  });

  it('counts requests that fail, too', async () => {
    for (let i = 0; i < 4; i++) expect((await ask('two', '/sessions/none')).status).toBe(404);
    expect((await ask('two')).status).toBe(429);
  });

  it('is not for probes', async () => {
    for (let i = 0; i < 20; i++) {
      const { status, headers } = await fetch(`${server.origin}/health/live`);
      expect([status, headers.get('ratelimit')]).toEqual([200, null]);
    }
  });
});

describe('the cap on live sessions', () => {
  it('lets exactly as many through as there are slots, of 1,000 at once, and frees every one', async () => {
    const server = await TestServer.start({ analyzer: new FakeAnalyzer(), environment: { JIGA_SESSIONS_MAX: '100' } });
    const burst = async (count: number): Promise<Map<number, string[]>> => {
      const byStatus = new Map<number, string[]>();
      const answers = await Promise.all(
        Array.from({ length: count }, () => call(server, 'POST', '/sessions', { user_id: 'crowd' })),
      );
      for (const { status, body, headers } of answers) {
        if (status === 429) {
          expect(body).toMatchObject({ code: 'session_limit' });
          expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
        }
        byStatus.set(status, [...(byStatus.get(status) ?? []), String(body['session_id'])]);
      }
      return byStatus;
    };
    try {
      const first = await burst(1000);
      expect([first.get(201)?.length, first.get(429)?.length]).toEqual([100, 900]);
      await Promise.all((first.get(201) ?? []).slice(0, 40).map((id) => server.closeSession(id)));
      const second = await burst(200);
      expect([second.get(201)?.length, second.get(429)?.length]).toEqual([40, 160]);
    } finally {
      await server.stop();
    }
  }, 60_000);

  it('counts each credential by itself, and gives a slot back when the creation fails', async () => {
    const server = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      environment: { JIGA_SESSIONS_PER_CREDENTIAL_MAX: '2' },
      credentials: { one: { owner: 'one' }, two: { owner: 'two' } },
    });
    const create = async (token: string, body: unknown = { user_id: 'p' }): Promise<number> =>
      (await call(server, 'POST', '/sessions', body, { token })).status;
    try {
      for (let i = 0; i < 5; i++) expect(await create('one', { user_id: 'p', permissions: 'admin' })).toBe(403);
      expect([await create('one'), await create('one'), await create('one')]).toEqual([201, 201, 429]);
      expect(await create('two')).toBe(201);
    } finally {
      await server.stop();
    }
  });
});
