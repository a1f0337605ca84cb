import { Writable } from 'node:stream';

import { afterEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';

import { createServer, type JigaServer } from '../../apps/server/src/create-server.js';
import { FakeAnalyzer, SocketClient, tempDir, VirtualClock } from '@jiga/testing';

import { call } from '../support/call.js';
import { ADMIN_KEY, TestServer, type TestServerOptions } from '../support/start-test-server.js';

let server: TestServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

const start = async (options: TestServerOptions = {}): Promise<TestServer> => {
  server = await TestServer.start({ analyzer: new FakeAnalyzer(), ...options });
  return server;
};

describe('guessing', () => {
  const environment = { JIGA_AUTH_FAILURES_MAX: '3' };
  const guess = (on: TestServer, token: string) => call(on, 'GET', '/sessions', undefined, { token });

  it('is made slow, and the wait is told', async () => {
    const clock = new VirtualClock();
    const on = await start({ clock, environment });
    for (let i = 0; i < 3; i++) expect((await guess(on, `wrong-${i}`)).status).toBe(401);
    const refused = await guess(on, 'wrong-4');
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited', retryable: true } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await guess(on, 'wrong-5')).headers.get('retry-after')).toBe('2');
    // The key that a person chose is not even looked at meanwhile, so that a right guess is not found out.
    expect((await guess(on, ADMIN_KEY)).status).toBe(429);
    clock.advance(60_000);
    expect((await guess(on, ADMIN_KEY)).status).toBe(200);
  });

  it('by one client does not lock out the others of its network', async () => {
    const on = await start({ environment });
    const { body } = await call<{ key: string }>(on, 'POST', '/api-keys', { name: 'good' });
    for (let i = 0; i < 10; i++) await guess(on, `wrong-${i}`);
    expect((await guess(on, body.key)).status).toBe(200);
  });

  it('of one key’s secret counts for that key from every address', async () => {
    const on = await start({ environment: { ...environment, JIGA_TRUSTED_PROXIES: '127.0.0.1' } });
    const { body } = await call<{ key: string }>(on, 'POST', '/api-keys', { name: 'target' });
    const wrong = body.key.slice(0, -4) + (body.key.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    const from = (address: string) =>
      call(on, 'GET', '/sessions', undefined, { token: wrong, headers: { 'x-forwarded-for': address } });
    const statuses: number[] = [];
    for (let i = 1; i <= 5; i++) statuses.push((await from(`192.0.2.${i}`)).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect((await guess(on, body.key)).status).toBe(200);
  });

  it('over a socket is slowed down too', async () => {
    const on = await start({ environment });
    const id = await on.createSession();
    for (let i = 0; i < 4; i++) await (await on.connectVideo(id, { token: `wrong-${i}` })).closed;
    const socket = await on.connectVideo(id, { token: 'wrong' });
    await socket.closed;
    expect(socket.ofType('error')).toMatchObject([{ code: 'rate_limited', retryable: true, retry_after: 2 }]);
  });
});

describe('a JSON Web Token', () => {
  const secret = 'a shared secret of more than 32 bytes';
  const tokenFor = (claims: Record<string, unknown>): Promise<string> =>
    new SignJWT({ sub: 'player-7', ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(secret));

  it('is a credential with its own sessions, and opens sockets', async () => {
    const on = await start({ environment: { JIGA_JWT_SECRET: secret, JIGA_JWT_AUDIENCE: 'jiga' } });
    const scope = 'sessions:create sessions:read sessions:configure';
    const [mine, other, nobody] = await Promise.all([
      tokenFor({ scope, aud: 'jiga' }),
      tokenFor({ scope, aud: 'jiga', sub: 'player-8' }),
      tokenFor({ scope, aud: 'shop' }),
    ]);
    const id = await on.createSession({}, mine);
    expect((await call(on, 'GET', `/sessions/${id}`, undefined, { token: other })).status).toBe(404);
    expect((await call(on, 'GET', `/sessions/${id}`, undefined, { token: nobody })).status).toBe(401);
    const socket = await on.connectVideo(id, { token: mine, auth: 'subprotocol' });
    await socket.waitFor('direct_video_stream_connected');
    await socket.close();
  });

  it('is enough to start on an address that others can reach', async () => {
    const data = await tempDir();
    const made = await createServer({
      environment: {
        HOST: '0.0.0.0',
        PORT: '0',
        JIGA_DATA_DIR: data.path,
        JIGA_LOG_LEVEL: 'silent',
        JIGA_JWT_SECRET: secret,
      },
      analyzer: new FakeAnalyzer(),
    });
    expect(made.startingKey).toEqual({ kind: 'none' });
    await made.close();
    await data.remove();
  });
});

describe('browsers', () => {
  const preflight = (on: TestServer, origin: string): Promise<Response> =>
    fetch(`${on.origin}/api/v1/jiga/sessions`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });

  it('are told not to guess, frame, keep or tell', async () => {
    const on = await start();
    for (const path of ['/api/v1/jiga/sessions', '/health/live', '/nowhere']) {
      const { headers } = await fetch(`${on.origin}${path}`);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
    }
    const page = await fetch(`${on.origin}/docs`);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
  });

  it('of other origins may read nothing unless told so', async () => {
    const on = await start();
    const { status, headers } = await preflight(on, 'https://play.example');
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, null]);
    expect(headers.get('access-control-allow-headers')).toBeNull();
  });

  it('of the configured origins may, and of no other', async () => {
    const on = await start({ environment: { JIGA_CORS_ORIGINS: 'https://play.example, https://watch.example' } });
    const allowed = await preflight(on, 'https://watch.example');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://watch.example');
    expect(allowed.headers.get('access-control-allow-methods')).toMatch(/GET.*POST/);
    expect(allowed.headers.get('access-control-allow-headers')).toMatch(/Authorization.*Idempotency-Key.*X-API-Key/);
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    const refused = await preflight(on, 'https://play.example.evil.test');
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const answer = await on.fetch('/sessions', { headers: { origin: 'https://play.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://play.example');
    expect(answer.headers.get('access-control-expose-headers')).toMatch(
      /Link.*Location.*RateLimit.*Retry-After.*X-Jiga-Response/,
    );
    expect(answer.headers.get('vary')).toMatch(/Origin/);
  });
});

describe('the log', () => {
  it('never holds a credential, wherever the client put it', async () => {
    const data = await tempDir();
    const lines: string[] = [];
    const logDestination = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const made: JigaServer = await createServer({
      environment: { PORT: '0', JIGA_DATA_DIR: data.path, JIGA_ADMIN_KEY: ADMIN_KEY, JIGA_LOG_LEVEL: 'trace' },
      analyzer: new FakeAnalyzer(),
      logDestination,
    });
    const origin = await made.listen();
    const wrong = 'wrong-secret-0123456789';
    for (const token of [ADMIN_KEY, wrong]) {
      await fetch(`${origin}/api/v1/jiga/sessions?access_token=${token}`, { headers: { 'x-api-key': token } });
      for (const auth of ['access_token', 'subprotocol', 'authorization'] as const) {
        const url = `${origin.replace('http', 'ws')}/api/v1/jiga/sessions/sess_none/streamDirectVideo`;
        await (
          await SocketClient.connect(url, { token, auth })
        ).closed;
      }
    }
    await made.close();
    await data.remove();
    expect(lines.length).toBeGreaterThan(5);
    for (const secret of [ADMIN_KEY, wrong]) expect(lines.join('')).not.toContain(secret);
  });
});
