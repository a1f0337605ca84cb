import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { Ajv } from 'ajv';

import { EVENTS_CHANNEL } from '@jiga/contracts';
import { SessionsService } from '@jiga/sessions';
import { FakeAnalyzer, SocketClient, turn, until } from '@jiga/testing';
import type { ReceivedMessage } from '@jiga/testing';

import { closed } from '../support/closed-schema.js';
import { SessionFacts } from '../support/session-facts.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

const isEvent = ({ event_id }: ReceivedMessage): boolean => event_id !== undefined;
const textOf = ({ data }: ReceivedMessage): string => String(data?.text);

const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false, allErrors: true });
const documented = new Map(
  EVENTS_CHANNEL.messages
    .filter(({ from }) => from === 'server')
    .map(({ type, schema }) => [type, ajv.compile(closed(schema))]),
);

/** Every message that a client got must be as it is documented, and numbered without a hole. */
function expectDocumented({ messages }: SocketClient): void {
  for (const message of messages) {
    const validate = documented.get(message.type.startsWith('game.') ? 'game' : message.type);
    expect([message.type, validate?.(message), validate?.errors ?? []]).toEqual([message.type, true, []]);
  }
  expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
}

describe('/sessions/{id}/events/stream', () => {
  let server: TestServer;
  let id: string;
  let facts: SessionFacts;
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    server = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      environment: {
        JIGA_TIMELINE_REPLAY_EVENTS: '50',
        JIGA_EVENTS_QUEUE_MAX: '20',
        JIGA_EVENTS_RESUME_MAX: '300',
        JIGA_SOCKET_BUFFER_MAX_BYTES: '65536',
      },
      credentials: {
        mine: { owner: 'me' },
        other: { owner: 'somebody else' },
        blind: { owner: 'me', scopes: ['sessions:create'] },
      },
    });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    id = await server.createSession();
    facts = new SessionFacts(server, id);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) {
      client.socket.terminate();
      expectDocumented(client);
    }
  });

  async function connect(query = '', token = ADMIN_KEY): Promise<SocketClient> {
    const client = await SocketClient.connect(`${server.socketOrigin}/sessions/${id}/events/stream${query}`, { token });
    clients.push(client);
    return client;
  }
  async function welcomed(query = ''): Promise<SocketClient> {
    const client = await connect(query);
    await client.waitFor('events_stream_connected');
    return client;
  }
  /** Waits for a callout; resolves to the texts of all callouts so far. */
  async function textsUntil(client: SocketClient, text: string): Promise<string[]> {
    await client.waitFor((message) => isEvent(message) && textOf(message) === text);
    return client.ofType('callout').map(textOf);
  }

  it('greets, then sends every event as it is on the timeline', async () => {
    const client = await welcomed();
    facts.kill('bob');
    facts.callout('a');
    await textsUntil(client, 'a');
    const [welcome, kill, callout] = client.messages;
    expect(welcome).toMatchObject({ session_id: id, types: ['*'], resumed_from: null, seq: 1 });
    expect(welcome?.['last_event_id']).toMatch(/^evt_/);
    expect([kill?.type, kill?.seq, callout?.seq]).toEqual(['game.kill', 2, 3]);
    const response = await server.fetch(`/sessions/${id}/events?types=callout`);
    const { items } = (await response.json()) as { items: object[] };
    expect(callout).toEqual({ ...items[0], seq: 3 });
  });

  it('sends only what is subscribed to, and tells which types mean nothing', async () => {
    const client = await welcomed('?types=callout');
    client.send({ type: 'subscribe', types: ['game.*', 'nonsense', 'game.*'], request_id: 7 });
    expect(await client.waitFor('subscribed')).toMatchObject({
      types: ['game.*'],
      rejected: [{ type: 'nonsense', code: 'unknown_type' }],
      request_id: 7,
    });
    facts.callout('unwanted');
    facts.kill('bob');
    await client.waitFor('game.kill');
    client.send({ type: 'subscribe', types: ['nonsense'] });
    await client.waitFor(
      ({ type, types, rejected }) => type === 'subscribed' && rejected.length === 1 && types[0] === 'game.*',
    );
    client.send({ type: 'subscribe', types: ['*'] });
    await client.waitFor(({ type, types }) => type === 'subscribed' && types[0] === '*');
    facts.callout('wanted');
    expect(await textsUntil(client, 'wanted')).toEqual(['wanted']);
  });

  it('answers a ping and everything it does not understand, and stays open', async () => {
    const client = await welcomed();
    client.send({ type: 'ping', request_id: 'p' });
    expect(await client.waitFor('pong')).toMatchObject({ request_id: 'p' });
    client.sendText('{');
    client.sendText('[]');
    client.sendBinary({ type: 'ping' }, Buffer.alloc(1));
    client.send({ type: 'analyze_frame', request_id: 'x' });
    client.send({ types: [] });
    client.send({ type: 'subscribe', types: 'game.*', request_id: 'y' });
    const errors = await client.waitForCount(6, ({ type }) => type === 'error');
    expect(errors.map(({ code, request_id }) => [code, request_id])).toEqual([
      ['malformed_json', undefined],
      ['invalid_message', undefined],
      ['invalid_message', undefined],
      ['unknown_message_type', 'x'],
      ['invalid_message', undefined],
      ['invalid_message', 'y'],
    ]);
    client.send({ type: 'ping' });
    await client.waitForCount(2, ({ type }) => type === 'pong');
  });

  it.each([
    ['without a credential', async () => connect('', 'wrong'), 4401, 'unauthenticated'],
    ['for another owner', async () => connect('', 'other'), 4404, 'session_not_found'],
    [
      'without the scope',
      async () => {
        id = await server.createSession({}, 'mine');
        return connect('', 'blind');
      },
      4403,
      'forbidden',
    ],
    ['for types that mean nothing', async () => connect('?types=nonsense'), 1008, 'validation_failed'],
  ])('is refused %s', async (_case, open, code, error) => {
    const client = await open();
    expect((await client.closed).code).toBe(code);
    expect(client.messages).toMatchObject([{ type: 'error', code: error }]);
  });

  it('sends the end of the session before it closes 1000', async () => {
    const client = await welcomed();
    await server.closeSession(id);
    expect((await client.closed).code).toBe(1000);
    expect(client.ofType('session.state_changed').map(({ data }) => data.to)).toEqual(['closing', 'closed']);
  });

  it('sends why the session failed before it closes 4409', async () => {
    const client = await welcomed('?types=session.failed');
    await server.server.app.get(SessionsService).fail(id, 'source_lost', 'The channel is gone', 3);
    expect((await client.closed).code).toBe(4409);
    expect(client.messages.map(({ type }) => type)).toEqual(['events_stream_connected', 'session.failed', 'error']);
  });

  it('tells one that comes back after the end what it missed, then closes 4409', async () => {
    const client = await welcomed();
    facts.callout('a');
    const [last] = await client.waitForCount(1, isEvent);
    await client.close();
    facts.callout('b');
    await server.closeSession(id);
    const again = await connect(`?resume_from=${last?.['event_id']}`);
    expect((await again.closed).code).toBe(4409);
    expect(again.messages.filter(isEvent).map(({ data }) => data.text ?? data.to)).toEqual(['b', 'closing', 'closed']);
    expect((await (await connect()).closed).code).toBe(4409);
  });

  it('loses nothing and doubles nothing over 100 broken connections', async () => {
    const received: string[] = [];
    let sent = 0;
    let lastId: string | null = null;
    const happen = (): void => facts.callout(String(sent++));
    for (let drop = 0; drop < 100; drop++) {
      const client: SocketClient = await connect(
        lastId === null ? '?types=callout' : `?types=callout&resume_from=${lastId}`,
      );
      happen();
      for (let i = 0; i < drop % 3; i++) happen();
      // Breaks at a moment of its own choosing: some of what was sent is read, some is on its way, some not yet sent.
      await until(() => client.messages.some(isEvent));
      happen();
      client.socket.terminate();
      const seen: ReceivedMessage[] = client.messages.filter(isEvent);
      received.push(...seen.map(textOf));
      lastId = String(seen.at(-1)?.['event_id']);
      for (let i = 0; i < drop % 5; i++) happen();
    }
    const client = await connect(`?types=callout&resume_from=${lastId}`);
    happen();
    received.push(...(await textsUntil(client, String(sent - 1))));
    expect(sent).toBeGreaterThan(400);
    expect(received).toEqual(Array.from({ length: sent }, (_, index) => String(index)));
  });

  it('resumes from what is written when memory no longer has it', async () => {
    const client = await welcomed();
    facts.callout('first');
    const [last] = await client.waitForCount(1, isEvent);
    await client.close();
    for (let i = 0; i < 200; i++) facts.callout(String(i));
    const again = await connect(`?resume_from=${last?.['event_id']}`);
    facts.callout('live');
    expect(await textsUntil(again, 'live')).toEqual([...Array.from({ length: 200 }, (_, i) => String(i)), 'live']);
    expect(again.ofType('resume_gap')).toEqual([]);
  });

  it('tells of a gap when more was missed than is sent again, and how things stand', async () => {
    const client = await welcomed();
    facts.callout('first');
    const [last] = await client.waitForCount(1, isEvent);
    await client.close();
    for (let i = 0; i < 400; i++) facts.callout(String(i));
    const again = await connect(`?resume_from=${last?.['event_id']}`);
    const texts = await textsUntil(again, '399');
    expect(texts).toHaveLength(300);
    const [welcome, gap, snapshot, first] = again.messages;
    expect([welcome?.type, gap?.type, snapshot?.type]).toEqual([
      'events_stream_connected',
      'resume_gap',
      'state_snapshot',
    ]);
    expect(gap).toMatchObject({ from: last?.['event_id'], oldest: first?.['event_id'], missed: 100 });
    expect(snapshot?.['data']).toMatchObject({ session_id: id, state: 'active', configuration: { user_id: 'tester' } });
    expect(snapshot?.['data'].latest.map(({ type }: { type: string }) => type)).toEqual([
      'session.state_changed',
      'callout',
    ]);
  });

  it('says when it does not know where a client was', async () => {
    const client = await connect('?resume_from=evt_of_another_time');
    expect(await client.waitFor('resume_gap')).toMatchObject({
      from: 'evt_of_another_time',
      oldest: null,
      missed: null,
    });
    await client.waitFor('state_snapshot');
    facts.callout('live');
    expect(await textsUntil(client, 'live')).toEqual(['live']);
  });

  it('drops the oldest fleeting events of a slow reader, says how many, keeps the others, and harms nobody', async () => {
    const quick = await welcomed();
    const slow = await welcomed();
    slow.rawSocket.pause();
    // Past what the network buffers between the two, so that the server has to hold events back.
    const bulk = 'x'.repeat(20_000);
    for (let i = 0; i < 400; i++) {
      facts.callout(`${i} ${bulk}`);
      if (i === 395) facts.teamMessage('important');
      await turn();
    }
    expect((await textsUntil(quick, `399 ${bulk}`)).map((text) => text.split(' ')[0])).toEqual(
      Array.from({ length: 400 }, (_, i) => String(i)),
    );
    expect(quick.ofType('events_dropped')).toEqual([]);
    slow.rawSocket.resume();
    const got = (await textsUntil(slow, `399 ${bulk}`)).map((text) => Number(text.split(' ')[0]));
    const dropped = slow.ofType('events_dropped').reduce((sum, { count }) => sum + Number(count), 0);
    expect(dropped).toBeGreaterThan(0);
    expect(got.length + dropped).toBe(400);
    expect(got).toEqual([...got].sort((a, b) => a - b));
    expect(slow.ofType('team_message')).toHaveLength(1);
  });

  it('takes its place among the sockets of the session and gives it back', async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => welcomed()));
    const ninth = await connect();
    expect((await ninth.closed).code).toBe(1013);
    await opened[0]?.close();
    const metrics = async () =>
      (await (await server.fetch(`/sessions/${id}/metrics`)).json()) as { sockets: { open: number } };
    while ((await metrics()).sockets.open > 7);
    await welcomed();
  });
});
