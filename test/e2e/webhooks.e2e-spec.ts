import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer, until, WebhookReceiver } from '@jiga/testing';

import { TestServer } from '../support/start-test-server.js';

interface Answer {
  // What each route answers differs; every test says what it expects.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly [field: string]: any;
}

let server: TestServer;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await WebhookReceiver.listen();
  server = await TestServer.start({
    analyzer: new FakeAnalyzer(),
    environment: { JIGA_WEBHOOK_ALLOWED_HOSTS: '127.0.0.1', JIGA_WEBHOOK_RETRY_DELAYS_S: '3600' },
    credentials: { player: { owner: 'someone' } },
  });
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

async function call(method: string, path: string, body?: object, token?: string): Promise<[number, Answer]> {
  const response = await server.fetch(path, {
    method,
    ...(body && { body: JSON.stringify(body) }),
    ...(token && { token }),
  });
  const text = await response.text();
  return [response.status, (text ? JSON.parse(text) : {}) as Answer];
}

describe('webhooks', () => {
  it('live from their creation to their removal', async () => {
    const [created, webhook] = await call('POST', '/webhooks', { url: receiver.url, event_types: ['session.*'] });
    expect(created).toBe(201);
    expect(webhook).toMatchObject({
      enabled: true,
      event_types: ['session.*'],
      secret: expect.stringMatching(/^whsec_/),
    });
    const { secret, ...shown } = webhook;
    expect(secret).toBeDefined();
    expect(await call('GET', `/webhooks/${webhook['id']}`)).toEqual([200, shown]);
    expect(await call('GET', '/webhooks')).toEqual([200, { items: [shown], next_cursor: null }]);
    const [, changed] = await call('PATCH', `/webhooks/${webhook['id']}`, { description: 'mine', enabled: false });
    expect(changed).toMatchObject({
      description: 'mine',
      enabled: false,
      disabled_reason: 'paused',
      url: receiver.url,
    });
    const [rotated, renewed] = await call('POST', `/webhooks/${webhook['id']}/rotate-secret`);
    expect([rotated, renewed['secret'] === secret]).toEqual([200, false]);
    expect(renewed['previous_secret_expires_at']).toBeCloseTo(Date.now() / 1000 + 86_400, -2);
    expect((await call('DELETE', `/webhooks/${webhook['id']}`))[0]).toBe(204);
    expect(await call('GET', `/webhooks/${webhook['id']}`)).toMatchObject([404, { code: 'webhook_not_found' }]);
  });

  it('are told of sessions, and what was sent can be looked up and sent again', async () => {
    const [, webhook] = await call('POST', '/webhooks', { url: receiver.url });
    const before = receiver.received.length;
    const sessionId = await server.createSession();
    await server.closeSession(sessionId);
    await until(() => receiver.received.length === before + 4);
    const events = receiver.received.slice(before).map(({ body }) => JSON.parse(body) as Answer);
    expect(events.map(({ session_id }) => session_id as string)).toEqual(Array(4).fill(sessionId));
    expect(events.map(({ data }) => (data as Answer)['to'] as string)).toEqual([
      'created',
      'active',
      'closing',
      'closed',
    ]);
    const [, { items }] = await call('GET', `/webhooks/${webhook['id']}/deliveries?limit=3`);
    expect((items as Answer[]).map(({ event_type }) => event_type as string)).toEqual(
      Array(3).fill('session.state_changed'),
    );
    const [first] = items as Answer[];
    const [accepted] = await call('POST', `/webhooks/${webhook['id']}/deliveries/${first?.['id']}/redeliver`);
    expect(accepted).toBe(202);
    await until(() => receiver.received.length === before + 5);
    expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(first?.['event_id']);
    await call('DELETE', `/webhooks/${webhook['id']}`);
  });

  it('answer a test with what became of it', async () => {
    const [, webhook] = await call('POST', '/webhooks', { url: receiver.url });
    const [status, ping] = await call('POST', `/webhooks/${webhook['id']}/test`);
    expect([status, ping]).toMatchObject([
      200,
      { state: 'delivered', event_type: 'webhook.ping', attempts: [{ status: 204 }] },
    ]);
    receiver.behave = (reply) => reply.writeHead(500).end();
    const [, failed] = await call('POST', `/webhooks/${webhook['id']}/test`);
    expect(failed).toMatchObject({ state: 'dead', reason: 'test_failed', next_attempt_at: null });
    const [, deadLetters] = await call('GET', '/webhooks/dead-letters');
    expect((deadLetters['items'] as Answer[]).map(({ id }) => id as string)).toEqual([failed['id']]);
    receiver.behave = (reply) => reply.writeHead(204).end();
    await call('DELETE', `/webhooks/${webhook['id']}`);
  });

  it.each([
    [{ url: 'http://example.com/' }, '/url'],
    [{ url: 'https://192.168.0.1/' }, '/url'],
    [{ url: 'https://example.com/', event_types: ['game.kill', 'gossip'] }, '/event_types/1'],
    [{ url: 'https://example.com/', event_types: [] }, '/event_types'],
    [{ url: 'https://example.com/', session_id: 'nobody' }, '/session_id'],
    [{ url: 'https://example.com/', secret: 'mine' }, '/secret'],
    [{}, '/url'],
  ])('refuse %j', async (body, pointer) => {
    expect(await call('POST', '/webhooks', body)).toMatchObject([
      422,
      { code: 'validation_failed', errors: [{ pointer }] },
    ]);
  });

  it('are for admin credentials alone', async () => {
    expect(await call('GET', '/webhooks', undefined, 'player')).toMatchObject([403, { code: 'forbidden' }]);
    expect(await call('POST', '/webhooks', { url: receiver.url }, 'player')).toMatchObject([
      403,
      { code: 'forbidden' },
    ]);
  });
});
