import { describe, expect, it } from '@jest/globals';

import { until } from '@jiga/testing';

import { HighSpeedRig } from '../support/high-speed-rig.js';

type Json = Record<string, unknown>;

describe('/high-speed/stream', () => {
  const rig = HighSpeedRig.forAll();
  const { analyzer, clock } = rig;

  it('refuses a session without high-speed vision in words, and closes with 1008', async () => {
    const client = await rig.connect(await rig.server.createSession());
    expect(await client.closed).toEqual({ code: 1008, reason: 'High-speed vision not enabled' });
    expect(client.messages).toHaveLength(1);
    expect(client.messages[0]).toMatchObject({ type: 'error', code: 'high_speed_not_enabled', retryable: false });
    const stranger = await rig.server.connectHighSpeed(await rig.server.createSession(), {
      token: 'nobody-knows-this-one',
    });
    expect((await stranger.closed).code).toBe(4401);
  });

  it('is in the list of endpoints for those sessions alone', async () => {
    const endpointsOf = async (request: Json): Promise<Json> => {
      const body = JSON.stringify({ user_id: 'u', ...request });
      const response = await rig.server.fetch('/sessions', { method: 'POST', body });
      return ((await response.json()) as { endpoints: Json }).endpoints;
    };
    expect((await endpointsOf({}))['high_speed_stream']).toBeNull();
    const fast = (await endpointsOf({ high_speed_vision: true }))['high_speed_stream'] as string;
    expect(fast).toMatch(/^ws:.*\/high-speed\/stream$/);
  });

  it('welcomes with the performance targets of the session, then grants credit', async () => {
    const id = await rig.server.createSession({
      high_speed_vision: true,
      high_speed_mode: 'ultra-fast',
      high_speed_config: { max_concurrent_analyses: 3, compression_level: 'medium', jpeg_quality: 44 },
    });
    const client = await rig.connect(id);
    expect(await client.next()).toMatchObject({
      type: 'high_speed_connected',
      session_id: id,
      seq: 1,
      performance_targets: {
        target_fps: 10,
        analysis_interval: 0.5,
        max_concurrent_analyses: 3,
        compression_level: 'medium',
        jpeg_quality: 44,
        enable_caching: true,
        batch_size: 10,
        picture: { width: 854, height: 480, jpeg_quality: 44 },
      },
    });
    expect(await client.next()).toMatchObject({
      type: 'credit',
      max_in_flight: 6,
      max_fps: 10,
      max_px: 8_294_400,
      picture: { width: 854, height: 480, jpeg_quality: 44 },
    });
  });

  it.each(['text', 'binary'])('analyses a %s frame and tells the time by its own clock', async (form) => {
    analyzer.behaviour = 'held';
    const { client, analysis } = await rig.open();
    // A day behind and a day ahead: what a client says of the time is no measure.
    for (const timestamp of [clock.nowMs() / 1000 - 86_400, clock.nowMs() / 1000 + 86_400]) {
      const header = { type: 'analyze_frame', request_id: 'f', frame_id: 7, timestamp };
      if (form === 'text') client.send({ ...header, frame_data: rig.base64 });
      else client.sendBinary(header, rig.picture);
      await until(() => analysis.pending.length === 1);
      clock.advance(40);
      analysis.pending[0]?.finish();
      const answer = await client.next();
      expect(answer).toMatchObject({ type: 'high_speed_analysis_result', request_id: 'f', frame_id: 7 });
      expect(answer['data'].frame.timestamp).toBe(timestamp);
      expect(answer['processing_latency_ms']).toBe(40);
    }
  });

  it('tells its figures', async () => {
    analyzer.behaviour = 'held';
    const { client, analysis } = await rig.open({
      high_speed_config: { max_concurrent_analyses: 1, target_p95_ms: 200 },
    });
    const send = (request_id: string): void =>
      client.send({ type: 'analyze_frame', frame_data: rig.base64, request_id });
    send('a');
    await until(() => analysis.pending.length === 1);
    for (const id of ['b', 'c', 'd']) send(id);
    await client.waitForCount(2, ({ type }) => type === 'frame_dropped');
    client.send({ type: 'get_metrics', request_id: 'm' });
    const { data, request_id } = await client.waitFor('high_speed_metrics');
    expect(request_id).toBe('m');
    expect(data).toMatchObject({
      frames: { received: 4, dropped: { superseded: 2 } },
      in_flight: { waiting: 1, analysing: 1, waiting_bytes: rig.picture.length },
      credit: { max_in_flight: 2, max_fps: 5 },
      quality: { level: 0, target_p95_ms: 200 },
      fps: { target: 5 },
    });
    clock.advance(30);
    analyzer.behaviour = 'now';
    analysis.pending[0]?.finish();
    await client.waitForCount(2, ({ type }) => type === 'high_speed_analysis_result');
    clock.advance(1000);
    client.send({ type: 'get_metrics', request_id: 'n' });
    const later = await client.waitFor((message) => message['request_id'] === 'n');
    expect(later['data']).toMatchObject({
      frames: { analysed: 2 },
      in_flight: { waiting: 0, analysing: 0, waiting_bytes: 0 },
      fps: { analysed: expect.any(Number) },
      latency_ms: { answer: { count: 2, max: 30 } },
    });
  });
});
