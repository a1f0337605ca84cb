import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer } from '@jiga/testing';

import { call } from '../support/call.js';
import { TestServer } from '../support/start-test-server.js';

/** What the answers looked at here have. */
interface Body {
  readonly session_id: string;
  readonly state: string;
  readonly state_reason: string;
  readonly ended_at: number | null;
  readonly failed_at: number;
  readonly code: string;
  readonly detail: string;
  readonly type: string;
  readonly data: { readonly reason: string };
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly errors: readonly { readonly pointer: string }[];
  readonly items: readonly Body[];
  readonly source: unknown;
}

const OFFLINE = [{ error_code: 'transcode_does_not_exist', error: 'twirp error not_found: transcode does not exist' }];
const TOKEN = {
  value: JSON.stringify({ authorization: { forbidden: false }, chansub: { restricted_bitrates: [] } }),
  signature: 'a'.repeat(40),
  authorization: { isForbidden: false, forbiddenReasonCode: 'NONE' },
};

/** What stands for Twitch here answers by channel: one that is offline, one that there is not, one that is never answered. */
class QuietTwitch {
  readonly waiting = new Set<Socket>();
  asked = 0;
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.url !== '/gql') {
      response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(OFFLINE));
      return;
    }
    this.asked++;
    if (body.includes('never_answered')) {
      this.waiting.add(request.socket);
      request.socket.once('close', () => this.waiting.delete(request.socket));
      return;
    }
    const token = body.includes('not_there') ? null : TOKEN;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: { streamPlaybackAccessToken: token } }));
  }
}

describe('sessions whose stream the server fetches', () => {
  const twitch = new QuietTwitch();
  let server: TestServer;

  beforeAll(async () => {
    const origin = await twitch.start();
    server = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      environment: {
        JIGA_TWITCH_GQL_URL: `${origin}/gql`,
        JIGA_TWITCH_USHER_URL: origin,
        JIGA_STREAM_ALLOWED_HOSTS: '127.0.0.1',
        JIGA_RETRY_DELAY_MS: '20',
        JIGA_INGESTED_SESSIONS_MAX: '3',
      },
    });
  });
  afterAll(async () => {
    await server.stop();
    await twitch.stop();
  });
  afterEach(async () => {
    const { body } = await call<Body>(server, 'GET', '/sessions');
    for (const { session_id } of body.items) await server.closeSession(session_id);
  });

  const request = (source: string, config: object, more: object = {}) => ({
    user_id: 'player-1',
    video_input_source: source,
    video_source_config: config,
    ...more,
  });
  const create = (source: string, config: object, more: object = {}) =>
    call<Body>(server, 'POST', '/sessions', request(source, config, more));
  const twitchSession = async (channel_name: string, more: object = {}): Promise<string> => {
    const { status, body } = await create('twitch', { channel_name }, more);
    expect([status, body.state, body.state_reason]).toEqual([201, 'connecting', 'source_connecting']);
    return body.session_id;
  };
  const get = async (path: string): Promise<Body> => (await call<Body>(server, 'GET', path)).body;
  const ended = async (id: string): Promise<Body> => {
    for (const deadline = performance.now() + 5_000; performance.now() < deadline;) {
      const session = await get(`/sessions/${id}`);
      if (session.ended_at !== null) return session;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${id} did not end`);
  };

  it('fails after three attempts, with everything that a failure leaves behind', async () => {
    const id = await twitchSession('is_offline');
    expect(await ended(id)).toMatchObject({ state: 'error', state_reason: 'source_offline' });
    const message = expect.stringMatching(/^Failed after 3 attempts: .*not live/);
    const failure = await get(`/sessions/${id}/failure`);
    expect(failure).toMatchObject({ reason: 'source_offline', message, attempts: 3, video_input_source: 'twitch' });
    const metrics = await get(`/sessions/${id}/metrics`);
    expect(metrics).toMatchObject({
      twitch_connection_failed: true,
      twitch_error_message: message,
      session_failed_at: failure.failed_at,
      last_operation_time: failure.failed_at,
      failed_operations: 1,
      source: { source: 'twitch', state: 'failed', live: false, attempts: 3, last_error: { cause: 'offline' } },
    });
    const { items: failed } = await get('/sessions/failed');
    expect(failed[0]).toEqual(failure);
    const { items: events } = await get(`/sessions/${id}/events`);
    expect(events.map(({ type, data }) => [type, data.reason])).toEqual([
      ['session.state_changed', 'created'],
      ['session.state_changed', 'source_connecting'],
      ['session.state_changed', 'source_offline'],
      ['session.failed', 'source_offline'],
    ]);
    const again = await call<Body>(server, 'POST', `/sessions/${id}/recreate`);
    expect([again.status, again.body]).toEqual([
      201,
      expect.objectContaining({ state: 'connecting', recreated_from: id }),
    ]);
    expect(again.body.configuration['video_source_config']).toEqual({ channel_name: 'is_offline' });
    await ended(again.body.session_id);
  });

  it('does not try again what trying again cannot help', async () => {
    const before = twitch.asked;
    const id = await twitchSession('not_there');
    await ended(id);
    expect(await get(`/sessions/${id}/failure`)).toMatchObject({ reason: 'source_not_found', attempts: 1 });
    expect(twitch.asked).toBe(before + 1);
  });

  it('ends at once while the service does not answer, and leaves no connection', async () => {
    const id = await twitchSession('never_answered', { high_speed_vision: true });
    while (twitch.waiting.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await get(`/sessions/${id}/status`)).source).toMatchObject({ state: 'connecting', live: false });
    const before = performance.now();
    const { status, body } = await call<Body>(server, 'DELETE', `/sessions/${id}`);
    expect([status, body.state, body.state_reason]).toEqual([200, 'closed', 'closed_by_client']);
    expect(performance.now() - before).toBeLessThan(1_000);
    while (twitch.waiting.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('has as many at once as the operator allows, and tells when to come back', async () => {
    for (let i = 0; i < 3; i++) await twitchSession('never_answered');
    const refused = await call<Body>(server, 'POST', '/sessions', request('twitch', { channel_name: 'one_more' }));
    expect([refused.status, refused.body.code]).toEqual([429, 'session_limit']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await server.createSession();
  });

  it.each([
    ['twitch', {}, 'channel_name'],
    ['twitch', { channel_name: '../../x' }, 'channel_name'],
    ['twitch', { channel_name: 'ok_channel', url: 'https://x.y/z' }, 'url'],
    ['youtube', { url: 'https://www.youtube.com.evil.com/watch?v=dQw4w9WgXcQ' }, 'url'],
    ['youtube', { video_id: 'short' }, 'video_id'],
    ['youtube', { channel: 'a/b' }, 'channel'],
    ['youtube', { video_id: 'dQw4w9WgXcQ', channel_name: 'x_y_z' }, 'channel_name'],
    ['stream_url', { url: 'https://not-named.example/live.m3u8' }, 'url'],
    ['stream_url', { url: 'http://user:pw@127.0.0.1/live.m3u8' }, 'url'],
    ['stream_url', { url: 'rtsp://169.254.169.254/latest' }, 'url'],
    ['stream_url', { url: 'concat:/etc/passwd' }, 'url'],
    ['stream_url', { url: 'sample:no-such-sample' }, 'url'],
    ['twitch', { channel_name: 'ok_channel', fps: 0 }, 'fps'],
    ['twitch', { channel_name: 'ok_channel', quality: 'a b' }, 'quality'],
  ])('refuses %s with %j', async (source, config, field) => {
    const { status, body } = await create(source, config);
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.errors.map(({ pointer }) => pointer)).toContain(`/video_source_config/${field}`);
    expect(JSON.stringify(body)).not.toMatch(/169\.254|user:pw/);
  });

  it('says what turns files on', async () => {
    const { status, body } = await create('stream_url', { url: 'file:///etc/passwd' });
    expect([status, body.code, body.detail]).toEqual([
      503,
      'capability_unavailable',
      expect.stringContaining('JIGA_STREAM_FILES_DIR'),
    ]);
  });

  it('makes no session where nothing can decode the stream', async () => {
    const without = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      environment: { JIGA_FFMPEG_PATH: '/no/such/ffmpeg' },
    });
    const { status, body } = await call<Body>(
      without,
      'POST',
      '/sessions',
      request('twitch', { channel_name: 'any_one' }),
    );
    expect([status, body.code, body.detail]).toEqual([
      503,
      'capability_unavailable',
      expect.stringContaining('JIGA_FFMPEG_PATH'),
    ]);
    await without.stop();
  });
});
