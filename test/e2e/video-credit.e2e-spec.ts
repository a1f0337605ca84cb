import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { FULL_EFFORT } from '@jiga/contracts';
import { FakeAnalyzer, VirtualClock, makePicture, until } from '@jiga/testing';
import type { FakeAnalysis, ReceivedMessage, SocketClient } from '@jiga/testing';

import { TestServer } from '../support/start-test-server.js';

type Json = Record<string, unknown>;

describe('what a client may have under way', () => {
  const analyzer = new FakeAnalyzer();
  const clock = new VirtualClock();
  let server: TestServer;
  let base64: string;
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    // Time stands still unless a test moves it: nobody is to be cut off for that.
    const environment = { JIGA_SOCKET_PING_INTERVAL_MS: '600000', JIGA_SOCKET_MESSAGE_BURST_MAX: '5000' };
    server = await TestServer.start({ analyzer, clock, environment });
    base64 = (await makePicture()).toString('base64');
  });
  beforeEach(() => {
    analyzer.behaviour = 'now';
  });
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
  afterAll(() => server.stop());

  const join = async (id: string, socket: 'video' | 'high-speed'): Promise<SocketClient> => {
    const client = await (socket === 'video' ? server.connectVideo(id) : server.connectHighSpeed(id));
    clients.push(client);
    await client.waitFor('credit');
    return client;
  };
  const fast = (high_speed_config: Json = {}): Promise<string> =>
    server.createSession({ high_speed_vision: true, high_speed_config });
  const frame = (request_id: number, extra: Json = {}): Json => ({
    type: 'analyze_frame',
    frame_data: base64,
    request_id,
    ...extra,
  });
  const isAnswer = ({ type }: ReceivedMessage): boolean => /analysis_result|frame_dropped|error/.test(type);
  const get = async (path: string): Promise<Json> => (await server.fetch(path)).json() as Promise<Json>;

  it.each([
    ['a normal session', {}, { max_in_flight: 2, max_fps: 2 }, { width: 640, height: 360, jpeg_quality: 50 }],
    [
      'balanced',
      { high_speed_mode: 'balanced' },
      { max_in_flight: 20, max_fps: 5 },
      { width: 480, height: 270, jpeg_quality: 30 },
    ],
    [
      'ultra-fast',
      { high_speed_mode: 'ultra-fast' },
      { max_in_flight: 20, max_fps: 10 },
      { width: 480, height: 270, jpeg_quality: 30 },
    ],
    [
      'quality-focused',
      { high_speed_mode: 'quality-focused' },
      { max_in_flight: 12, max_fps: 5 },
      { width: 1280, height: 720, jpeg_quality: 50 },
    ],
    [
      'settings of its own',
      {
        high_speed_config: { target_fps: 8, max_concurrent_analyses: 2, compression_level: 'medium', jpeg_quality: 71 },
      },
      { max_in_flight: 4, max_fps: 8 },
      { width: 854, height: 480, jpeg_quality: 71 },
    ],
  ])('follows from the settings: %s', async (_what, request: Json, credit, picture) => {
    const high_speed_vision = Object.keys(request).length > 0;
    const client = await join(await server.createSession({ high_speed_vision, ...request }), 'video');
    expect(client.messages[1]).toMatchObject({ type: 'credit', ...credit, max_px: 8_294_400, picture });
  });

  it('gives vision the cache settings of the session, and none without high speed', async () => {
    const id = await fast({ enable_caching: true, cache_similarity: 0.8, cache_ttl: 1.5 });
    expect(analyzer.of(id).settings.cache).toEqual({ enabled: true, similarity: 0.8, ttlMs: 1500 });
    expect(analyzer.of(await fast({ enable_caching: false })).settings.cache.enabled).toBe(false);
    expect(analyzer.of(await server.createSession()).settings.cache.enabled).toBe(false);
    expect(analyzer.of(await fast({ analysis_interval: 0.2 })).settings.analysisIntervalMs).toBe(200);
  });

  it('refuses frames far above the rate, each with an answer, and takes them again later', async () => {
    const id = await fast({ target_fps: 5 });
    const client = await join(id, 'high-speed');
    for (let i = 0; i < 130; i++) client.send(frame(i, { timestamp: 7 }));
    const answers = await client.waitForCount(130, isAnswer);
    const refused = answers.filter(({ reason }) => reason === 'over_rate');
    expect(refused).toHaveLength(30);
    expect(refused[0]).toMatchObject({ request_id: 100, frame_timestamp: 7, advice: expect.stringMatching(/max_fps/) });
    expect((await get(`/sessions/${id}/metrics`))['frames']).toMatchObject({
      received: 130,
      dropped: { over_rate: 30 },
    });
    // Four times max_fps is what is tolerated for long.
    clock.advance(1000);
    for (let i = 200; i < 230; i++) client.send(frame(i));
    const more = await client.waitForCount(160, isAnswer);
    expect(more.slice(130).filter(({ reason }) => reason === 'over_rate')).toHaveLength(10);
  });

  it('holds the sampled frames of a stream to the rate, and the others not', async () => {
    const client = await join(await server.createSession(), 'video');
    const sendFrames = async (count: number, stepMs: number): Promise<ReceivedMessage> => {
      for (let i = 0; i < count; i++) {
        client.send(frame(i, { type: 'frame' }));
        client.send({ type: 'ping', request_id: `${stepMs}:${i}` });
        await client.waitFor((message) => message.type === 'pong' && message['request_id'] === `${stepMs}:${i}`);
        clock.advance(stepMs);
      }
      client.send({ type: 'stop_streaming', request_id: stepMs });
      return client.waitFor((message) => message.type === 'streaming_stopped' && message['request_id'] === stepMs);
    };
    client.send({ type: 'start_streaming', interval: 3600 });
    expect(await sendFrames(150, 0)).toMatchObject({ frames_skipped: 149, frames_analysed: 1, frames_dropped: 0 });
    client.send({ type: 'start_streaming', interval: 0.02 });
    // 99 that may still come at once, and 8 a second for 2.98 s.
    expect(await sendFrames(150, 20)).toMatchObject({ frames_sampled: 150, frames_analysed: 122, frames_dropped: 28 });
    expect(client.ofType('frame_dropped').filter(({ reason }) => reason === 'over_rate')).toHaveLength(28);
  });

  it('keeps frames that wait within bytes as well, the newest of them', async () => {
    const small = await TestServer.start({
      analyzer,
      environment: { JIGA_FRAMES_WAITING_MAX_BYTES: '2048', JIGA_FRAME_MAX_BYTES: '1000000' },
    });
    try {
      analyzer.behaviour = 'held';
      const id = await small.createSession({
        high_speed_vision: true,
        high_speed_config: { max_concurrent_analyses: 4 },
      });
      const client = await small.connectHighSpeed(id);
      const picture = await makePicture({ width: 160, height: 90 });
      expect([picture.length > 1024, picture.length < 2048]).toEqual([true, true]);
      const send = (request_id: number): void =>
        client.sendBinary({ type: 'analyze_frame', request_id, timestamp: request_id }, picture);
      for (let i = 0; i < 4; i++) {
        send(i);
        await until(() => analyzer.of(id).pending.length === i + 1);
      }
      for (const i of [4, 5, 6]) send(i);
      const dropped = await client.waitForCount(2, ({ type }) => type === 'frame_dropped');
      expect(dropped.map(({ request_id, reason }) => [request_id, reason])).toEqual([
        [4, 'too_many_bytes'],
        [5, 'too_many_bytes'],
      ]);
      await client.close();
    } finally {
      await small.stop();
    }
  });

  describe('with a target for the time to an answer', () => {
    let id: string;
    let client: SocketClient;
    let analysis: FakeAnalysis;
    let sent: number;

    beforeEach(async () => {
      id = await fast({ target_p95_ms: 100 });
      client = await join(id, 'high-speed');
      analysis = analyzer.of(id);
      analyzer.behaviour = 'held';
      sent = 0;
    });

    /** Frames at 5 a second, each answered after so long. */
    const play = async (seconds: number, latencyMs: number): Promise<void> => {
      for (let i = 0; i < seconds * 5; i++) {
        client.send(frame(sent++));
        await until(() => analysis.pending.length === 1);
        clock.advance(latencyMs);
        analysis.pending[0]?.finish();
        await client.waitForCount(sent, isAnswer);
        clock.advance(200 - latencyMs);
      }
    };
    const credits = (of = client): unknown[] =>
      of.ofType('credit').map(({ max_px, max_in_flight }) => [max_px, max_in_flight]);

    it('steps down while answers are slow, tells every socket and the timeline, and steps up again', async () => {
      const other = await join(id, 'video');
      await play(4.2, 150);
      await other.waitForCount(3, ({ type }) => type === 'credit');
      expect(credits()).toEqual([
        [8_294_400, 20],
        [8_294_400, 20],
        [1280 * 720, 10],
      ]);
      expect(credits(other)).toEqual(credits());
      expect(analysis.effort).toEqual({ intervalFactor: 3, textBudget: 0.5, restingSkills: ['text_detection'] });
      expect((await get(`/sessions/${id}/status`))['quality']).toEqual({
        level: 2,
        target_p95_ms: 100,
        p95_ms: 150,
        steps: 2,
        last_change_at: expect.any(Number),
        last_reason: 'p95_above_target',
      });
      await play(25, 20);
      expect(analysis.effort).toEqual(FULL_EFFORT);
      const { items } = (await get(`/sessions/${id}/events?types=quality_changed`)) as { items: { data: Json }[] };
      expect(items.map(({ data }) => [data['from'], data['to'], data['reason'], data['p95_ms']])).toEqual([
        [0, 1, 'p95_above_target', 150],
        [1, 2, 'p95_above_target', 150],
        [2, 1, 'p95_below_target', 20],
        [1, 0, 'p95_below_target', 20],
      ]);
      expect(items[1]?.data).toMatchObject({ target_p95_ms: 100, credit: { max_px: 1280 * 720, max_in_flight: 10 } });
    });

    it('refuses larger pictures some time after the credit for pixels went down', async () => {
      await play(10, 150);
      expect(credits().at(-1)).toEqual([480 * 270, 5]);
      const large = (await makePicture({ width: 640, height: 360 })).toString('base64');
      const ask = async (): Promise<ReceivedMessage> => {
        const request_id = sent++;
        client.send(frame(request_id, { frame_data: large }));
        await until(() => analysis.pending.length === 1 || client.messages.some((m) => m['request_id'] === request_id));
        analysis.pending[0]?.finish();
        return client.waitFor((message) => message['request_id'] === request_id);
      };
      expect((await ask()).type).toBe('high_speed_analysis_result');
      clock.advance(2_000);
      expect(await ask()).toMatchObject({ type: 'frame_dropped', reason: 'over_size' });
      const streaming = await join(id, 'video');
      streaming.send({ type: 'start_streaming' });
      streaming.send(frame(7, { type: 'frame', frame_data: large }));
      streaming.send({ type: 'stop_streaming' });
      expect(await streaming.waitFor('streaming_stopped')).toMatchObject({ frames_sampled: 1, frames_dropped: 1 });
      expect(streaming.ofType('frame_dropped')).toMatchObject([{ request_id: 7, reason: 'over_size' }]);
      await play(1, 20);
    });
  });

  it('takes no target that is out of bounds', async () => {
    for (const target_p95_ms of [5, 20_000, 'fast']) {
      const body = JSON.stringify({ user_id: 'u', high_speed_vision: true, high_speed_config: { target_p95_ms } });
      const response = await server.fetch('/sessions', { method: 'POST', body });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ errors: [{ pointer: '/high_speed_config/target_p95_ms' }] });
    }
  });
});
