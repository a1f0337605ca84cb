import { readdir, readFile } from 'node:fs/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { ERROR_KINDS, ERRORS, type ErrorCode } from '@jiga/contracts';
import { SessionsService } from '@jiga/sessions';
import { deferred, FakeAnalyzer, SocketClient, tempDir, until, WebhookReceiver, writeProgram } from '@jiga/testing';

import { pcmAsWav } from '../../apps/server/src/audio/pcm-as-wav.js';
import { call, type CallAnswer } from '../support/call.js';
import { exchange } from '../support/exchange.js';
import { silentPcm } from '../support/spoken.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

type Answer = CallAnswer<Record<string, unknown>>;

/** Signed by nobody: whether it is, only the keys of the identity provider could tell. */
const JWT = [{ alg: 'RS256', kid: 'k' }, { sub: 'player', exp: 4_102_444_800 }, 'signature']
  .map((part) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url'))
  .join('.');
/** Finds itself fit for work at the start and fails at it. */
const BROKEN_FFMPEG = 'case "$*" in *-version*) echo "ffmpeg version 7.1";; *) exit 1;; esac';
const SOUND = pcmAsWav(silentPcm(500), 16_000, 1).toString('base64');

describe('errors', () => {
  let server: TestServer;
  let receiver: WebhookReceiver;
  let programs: Awaited<ReturnType<typeof tempDir>>;
  beforeAll(async () => {
    programs = await tempDir();
    receiver = await WebhookReceiver.listen();
    server = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      environment: {
        JIGA_REQUEST_TIMEOUT_MS: '100',
        JIGA_IDEMPOTENCY_WAIT_MS: '0',
        JIGA_WEBHOOKS_MAX: '1',
        JIGA_WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
        // It answers, but with no keys.
        JIGA_JWKS_URL: receiver.url,
        JIGA_FFMPEG_PATH: await writeProgram(programs.path, 'ffmpeg', BROKEN_FFMPEG),
      },
    });
  });
  afterEach(() => void jest.restoreAllMocks());
  afterAll(async () => {
    await server.stop();
    await receiver.close();
    await programs.remove();
  });

  const post = (path: string, body: object, headers?: Record<string, string>): Promise<Answer> =>
    call(server, 'POST', path, body, headers && { headers });

  async function slowly(): Promise<Answer> {
    const head = `POST /api/v1/jiga/sessions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ADMIN_KEY}`;
    const text = await exchange(
      server.origin,
      `${head}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    );
    const [fields = '', body = ''] = text.split('\r\n\r\n');
    const [status = '', ...lines] = fields.split('\r\n');
    const headers = new Headers(
      lines.map((line): [string, string] => [line.split(': ')[0] ?? '', line.split(': ')[1] ?? '']),
    );
    return { status: Number(status.split(' ')[1]), headers, body: JSON.parse(body) as Answer['body'] };
  }

  /** The second of two requests with the same key, while the first is held up. */
  async function twin(): Promise<Answer> {
    const sessions = server.server.app.get(SessionsService);
    const { promise: held, resolve: letGo } = deferred<void>();
    const create = sessions.create.bind(sessions);
    const isHeld = jest.spyOn(sessions, 'create').mockImplementationOnce(async (...request) => {
      await held;
      return create(...request);
    });
    const send = (): Promise<Answer> => post('/sessions', { user_id: 'p' }, { 'idempotency-key': 'k' });
    const first = send();
    await until(() => isHeld.mock.calls.length > 0);
    const second = await send();
    letGo();
    expect((await first).status).toBe(201);
    return second;
  }

  async function withWebhook(work: (path: string) => Promise<Answer>): Promise<Answer> {
    const { body } = await post('/webhooks', { url: receiver.url });
    const path = `/webhooks/${String(body['id'])}`;
    try {
      return await work(path);
    } finally {
      await call(server, 'DELETE', path);
    }
  }

  async function answered(request: Readonly<Record<string, unknown>>, recording: object): Promise<Answer> {
    const id = await server.createSession(request);
    return post(`/sessions/${id}/audio/process-with-response`, { audio_base64: SOUND, ...recording });
  }

  function broken(): Promise<Answer> {
    jest
      .spyOn(server.server.app.get(SessionsService), 'create')
      .mockRejectedValueOnce(new RangeError('secret internals'));
    return post('/sessions', { user_id: 'p' });
  }

  it.each<[ErrorCode, string, () => Promise<Answer>, Record<string, string>?]>([
    ['request_timeout', 'a request that does not arrive whole', slowly, { connection: 'close' }],
    ['idempotency_in_progress', 'a twin of one under way', twin, { 'retry-after': '1' }],
    [
      'identity_provider_unavailable',
      'a token while its keys cannot be read',
      () => call(server, 'GET', '/sessions', undefined, { token: JWT }),
      { 'retry-after': '5' },
    ],
    ['webhook_limit', 'one webhook too many', () => withWebhook(() => post('/webhooks', { url: receiver.url }))],
    [
      'webhook_disabled',
      'a delivery of a webhook that is off',
      () =>
        withWebhook(async (path) => {
          const { body } = await post(`${path}/test`, {});
          await call(server, 'PATCH', path, { enabled: false });
          return post(`${path}/deliveries/${String(body['id'])}/redeliver`, {});
        }),
    ],
    [
      'delivery_not_found',
      'an unknown delivery',
      () => withWebhook((path) => post(`${path}/deliveries/dlv_none/redeliver`, {})),
    ],
    [
      'team_messaging_off',
      'words for a team that may not be told',
      () =>
        answered(
          { team_id: 'red', voice_chat_config: { enable_team_messaging: false } },
          { response_type: 'team_message' },
        ),
    ],
    [
      'audio_failed',
      'an answer that cannot be encoded',
      () => answered({ voice_chat_config: { audio_format: 'mp3' } }, { response_type: 'base64_audio' }),
    ],
    ['internal', 'a fault of our own', broken],
  ])(
    '%s: %s',
    async (code, _name, provoke, headers = {}) => {
      const definition: { title: string; kind: keyof typeof ERROR_KINDS; retryable?: boolean } = ERRORS[code];
      const answer = await provoke();
      const { status } = ERROR_KINDS[definition.kind];
      expect(answer.body).toEqual({
        type: `/errors#${code}`,
        title: definition.title,
        status,
        detail: expect.any(String),
        instance: expect.stringMatching(/^\/(api\/v1\/jiga\/|$)/),
        code,
        request_id: answer.headers.get('x-request-id'),
        retryable: definition.retryable ?? false,
      });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(Object.fromEntries(Object.keys(headers).map((name) => [name, answer.headers.get(name)]))).toEqual(headers);
      expect(JSON.stringify(answer.body)).not.toContain('secret internals');
    },
    30_000,
  );

  const listen = async (request: Readonly<Record<string, unknown>>, token = ADMIN_KEY): Promise<SocketClient> => {
    const id = await server.createSession({ voice_chat_enabled: true, ...request });
    return SocketClient.connect(`${server.socketOrigin}/sessions/${id}/audio/stream`, { token });
  };

  it('identity_provider_unavailable: a socket is told so, and closed to come again later', async () => {
    const client = await listen({}, JWT);
    expect((await client.closed).code).toBe(1013);
    expect(client.messages).toMatchObject([{ type: 'error', code: 'identity_provider_unavailable', retryable: true }]);
  });

  it('audio_overloaded: sound that comes faster than it can be heard, while the socket stays open', async () => {
    const client = await listen({});
    for (let second = 0; second < 30; second++) client.socket.send(silentPcm(1000));
    expect(await client.waitFor('error')).toMatchObject({ code: 'audio_overloaded', retryable: true });
    client.send({ type: 'ping' });
    await client.waitFor('pong');
    await client.close();
  });

  it('are each provoked from outside by some test', async () => {
    const folder = new URL('.', import.meta.url);
    const files = (await readdir(folder)).filter((name) => name.endsWith('.e2e-spec.ts'));
    const texts = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
    const named = new Set(texts.flatMap((text) => text.match(/(?<=')[a-z_]+(?=')/g) ?? []));
    expect(Object.keys(ERRORS).filter((code) => !named.has(code))).toEqual([]);
  });
});
