import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer } from '@jiga/testing';

import { TestServer } from '../support/start-test-server.js';

interface SessionBody {
  readonly session_id: string;
  readonly state: string;
  readonly state_reason: string;
  readonly session_type: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly endpoints: Readonly<Record<string, string | null>>;
  readonly [field: string]: unknown;
}

interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string }[];
  readonly [field: string]: unknown;
}

const ANN = 'ann-token-000000000';
const BOB = 'bob-token-000000000';
const READER = 'reader-token-000000';

describe('sessions over HTTP', () => {
  const analyzer = new FakeAnalyzer();
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start({
      analyzer,
      credentials: {
        [ANN]: { owner: 'ann' },
        [BOB]: { owner: 'bob' },
        [READER]: { owner: 'ann', scopes: ['sessions:read'] },
      },
    });
  });
  afterAll(() => server.stop());

  const create = (body: unknown, token?: string): Promise<Response> =>
    server.fetch('/sessions', { method: 'POST', body: JSON.stringify(body), ...(token && { token }) });
  const created = async (body: Record<string, unknown> = {}, token?: string): Promise<SessionBody> => {
    const response = await create({ user_id: 'player-1', ...body }, token);
    expect(response.status).toBe(201);
    return (await response.json()) as SessionBody;
  };
  const problem = async (response: Response): Promise<ProblemBody> => {
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    return (await response.json()) as ProblemBody;
  };

  it('creates a session with every default of the seed, its address and all its endpoints', async () => {
    const response = await create({ user_id: 'player-1' });
    const session = (await response.json()) as SessionBody;
    expect(response.status).toBe(201);
    expect(session.session_id).toMatch(/^sess_[0-9A-Za-z]{22}$/);
    const self = `${server.origin}/api/v1/jiga/sessions/${session.session_id}`;
    expect(response.headers.get('location')).toBe(self);
    expect(session).toMatchObject({ session_type: 'standard', state: 'active', processing_mode: 'normal' });
    expect(session.configuration).toMatchObject({
      user_id: 'player-1',
      is_admin: false,
      permissions: 'configure',
      preferences: {},
      high_speed_vision: false,
      high_speed_mode: 'balanced',
      voice_chat_enabled: false,
      auto_connect_audio: false,
      voice_chat_config: { response_type: 'base64_audio', sample_rate: 22_050, silence_timeout: 2 },
      video_input_source: 'direct_screen',
      video_source_config: null,
      game: 'auto',
      analysis_interval: 3,
      max_concurrent_analyses: 1,
    });
    expect(session.endpoints).toMatchObject({
      self,
      status: `${self}/status`,
      stream_direct_video: `${self.replace('http', 'ws')}/streamDirectVideo`,
      high_speed_stream: null,
    });
  });

  it('fills in what a high-speed mode stands for, under the overrides that were given', async () => {
    const { configuration, endpoints, session_type } = await created({
      high_speed_vision: true,
      high_speed_config: { max_concurrent_analyses: 4 },
      voice_chat_enabled: true,
      voice_chat_config: { channels: 2 },
    });
    expect(session_type).toBe('combined');
    expect(configuration).toMatchObject({
      processing_mode: 'high_speed',
      analysis_interval: 0.5,
      max_concurrent_analyses: 4,
      high_speed_config: {
        target_fps: 5,
        analysis_interval: 0.5,
        max_concurrent_analyses: 4,
        compression_level: 'high',
      },
      voice_chat_config: { channels: 2, audio_format: 'wav' },
    });
    expect(endpoints['high_speed_stream']).toMatch(/^ws:.*\/high-speed\/stream$/);
  });

  it('opens the analysis with what the session asks for', async () => {
    const { session_id } = await created({ game: 'openarena', high_speed_vision: true, skills: ['hud_reading'] });
    expect(analyzer.of(session_id).settings).toEqual({
      sessionId: session_id,
      game: 'openarena',
      mode: 'high_speed',
      analysisIntervalMs: 500,
      skills: ['hud_reading'],
      cache: { enabled: true, similarity: 0.95, ttlMs: 2000 },
    });
  });

  it('takes the example of the seed', async () => {
    const { configuration, auto_connect } = await created({
      user_id: 'example_user',
      is_admin: true,
      permissions: 'admin',
      voice_chat_enabled: true,
      auto_connect_audio: true,
      high_speed_vision: true,
      video_input_source: 'direct_screen',
    });
    expect(configuration).toMatchObject({ is_admin: true, permissions: 'admin' });
    expect(auto_connect).toMatchObject({ audio: { state: 'connecting' }, high_speed_vision: { state: 'connecting' } });
  });

  it('says so when it cannot fetch the picture, and makes no session', async () => {
    const response = await create({
      user_id: 'nobody-else',
      video_input_source: 'stream_url',
      video_source_config: { url: 'https://streams.example/live.m3u8' },
    });
    expect(await problem(response)).toMatchObject({ status: 503, code: 'capability_unavailable' });
    const list = await server.fetch('/sessions?user_id=nobody-else');
    expect(await list.json()).toEqual({ items: [], next_cursor: null });
  });

  it('shows state, parts and history of a session', async () => {
    const { session_id } = await created();
    const status = await (await server.fetch(`/sessions/${session_id}/status`)).json();
    expect(status).toMatchObject({
      session_id,
      state: 'active',
      parts: { source: { state: 'waiting' }, vision: { state: 'waiting' }, audio: { state: 'off' } },
      sockets: 0,
      last_frame_at: null,
      transitions: [
        { from: null, to: 'created', reason: 'created' },
        { from: 'created', to: 'active', reason: 'endpoints_ready' },
      ],
    });
    const metrics = await (await server.fetch(`/sessions/${session_id}/metrics`)).json();
    expect(metrics).toMatchObject({
      session_id,
      total_operations: 0,
      failed_operations: 0,
      last_operation_time: null,
      twitch_connection_failed: false,
      twitch_error_message: null,
      session_failed_at: null,
    });
  });

  it('closes a session once and answers the same when asked again', async () => {
    const { session_id } = await created();
    const first = await server.fetch(`/sessions/${session_id}`, { method: 'DELETE' });
    const ended = (await first.json()) as SessionBody;
    expect([first.status, ended.state, ended.state_reason]).toEqual([200, 'closed', 'closed_by_client']);
    const again = await server.fetch(`/sessions/${session_id}`, { method: 'DELETE' });
    expect([again.status, await again.json()]).toEqual([200, ended]);
    expect(await (await server.fetch(`/sessions/${session_id}`)).json()).toEqual(ended);
    expect(analyzer.of(session_id).closedTimes).toBe(1);
    const { transitions } = (await (await server.fetch(`/sessions/${session_id}/status`)).json()) as {
      transitions: { to: string }[];
    };
    expect(transitions.map(({ to }) => to)).toEqual(['created', 'active', 'closing', 'closed']);
  });

  it('answers parallel closes of one session alike', async () => {
    const { session_id } = await created();
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () =>
        (await server.fetch(`/sessions/${session_id}`, { method: 'DELETE' })).json(),
      ),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('keeps the configuration as it was made', async () => {
    const { session_id } = await created();
    for (const method of ['PATCH', 'PUT']) {
      const response = await server.fetch(`/sessions/${session_id}`, { method, body: '{"high_speed_vision":true}' });
      expect(await problem(response)).toMatchObject({
        status: 409,
        code: 'immutable_configuration',
        detail: expect.stringContaining('PUT skills, model-provider or voice-settings'),
      });
    }
  });

  it('lists newest first, page by page, without gap or double', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++)
      ids.unshift((await created({ user_id: 'lister', team_id: `team-${i % 2}` })).session_id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor ? `&cursor=${cursor}` : '';
      const page = (await (await server.fetch(`/sessions?user_id=lister&limit=2${query}`)).json()) as {
        items: SessionBody[];
        next_cursor: string | null;
      };
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ session_id }) => session_id));
      cursor = page.next_cursor;
    } while (cursor);
    expect(seen).toEqual(ids);
    const team = await (await server.fetch('/sessions?user_id=lister&team_id=team-1')).json();
    expect((team as { items: unknown[] }).items).toHaveLength(2);
  });

  it.each([
    'limit=0',
    'limit=1e9',
    'limit=x',
    'state=sleeping',
    'cursor=nonsense',
    'cursor=W10',
    'order=up',
    'state=a&state=b',
  ])('refuses the list query %s', async (query) => {
    expect(await problem(await server.fetch(`/sessions?${query}`))).toMatchObject({
      status: 422,
      code: 'validation_failed',
    });
  });

  it("does not tell others' sessions from ones that never were", async () => {
    const { session_id } = await created({}, ANN);
    for (const path of ['', '/status', '/metrics']) {
      const foreign = await server.fetch(`/sessions/${session_id}${path}`, { token: BOB });
      expect(await problem(foreign)).toMatchObject({ status: 404, code: 'session_not_found' });
    }
    expect((await server.fetch(`/sessions/${session_id}`, { method: 'DELETE', token: BOB })).status).toBe(404);
    const mine = (await (await server.fetch('/sessions', { token: BOB })).json()) as { items: unknown[] };
    expect(mine.items).toEqual([]);
    expect((await server.fetch(`/sessions/${session_id}`, { token: ANN })).status).toBe(200);
    expect((await server.fetch(`/sessions/${session_id}`)).status).toBe(200);
  });

  it('needs an admin credential for an admin session', async () => {
    for (const change of [{ is_admin: true }, { permissions: 'admin' }]) {
      const response = await create({ user_id: 'ann', ...change }, ANN);
      expect(await problem(response)).toMatchObject({ status: 403, code: 'forbidden' });
    }
  });

  it('needs the scope of what is done', async () => {
    const { session_id } = await created({}, ANN);
    expect((await create({ user_id: 'ann' }, READER)).status).toBe(403);
    expect((await server.fetch(`/sessions/${session_id}`, { method: 'DELETE', token: READER })).status).toBe(403);
    expect((await server.fetch(`/sessions/${session_id}`, { token: READER })).status).toBe(200);
  });

  it('has no failed session to show while none failed', async () => {
    expect(await (await server.fetch('/sessions/failed')).json()).toEqual({ items: [], next_cursor: null });
  });
});

describe('the limit of live sessions', () => {
  it('holds exactly under parallel creates, and a closed session makes room', async () => {
    const server = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      environment: { JIGA_SESSIONS_PER_CREDENTIAL_MAX: '10' },
    });
    try {
      const make = (): Promise<Response> => server.fetch('/sessions', { method: 'POST', body: '{"user_id":"p"}' });
      const responses = await Promise.all(Array.from({ length: 40 }, make));
      const refused = responses.filter(({ status }) => status === 429);
      expect([responses.filter(({ status }) => status === 201).length, refused.length]).toEqual([10, 30]);
      expect(refused[0]?.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(await refused[0]?.json()).toMatchObject({ code: 'session_limit', retryable: true });
      const { items } = (await (await server.fetch('/sessions')).json()) as { items: SessionBody[] };
      await server.closeSession(items[0]?.session_id ?? '');
      expect((await make()).status).toBe(201);
      expect((await make()).status).toBe(429);
    } finally {
      await server.stop();
    }
  });
});
