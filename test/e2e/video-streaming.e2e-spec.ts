import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { AppError } from '@jiga/contracts';
import { FakeAnalyzer, VirtualClock, makePicture, until } from '@jiga/testing';
import type { SocketClient } from '@jiga/testing';

import { TestServer } from '../support/start-test-server.js';

describe('streaming on /streamDirectVideo', () => {
  const analyzer = new FakeAnalyzer();
  const clock = new VirtualClock();
  let server: TestServer;
  let base64: string;
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    server = await TestServer.start({ analyzer, clock });
    base64 = (await makePicture()).toString('base64');
  });
  afterEach(async () => {
    analyzer.behaviour = 'now';
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => server.stop());

  const open = async (request = {}): Promise<SocketClient> => {
    const client = await server.connectVideo(await server.createSession(request));
    clients.push(client);
    await client.next();
    await client.next();
    return client;
  };
  /** Resolves when the server has read everything sent before. */
  const settled = async (client: SocketClient, mark: string): Promise<void> => {
    client.send({ type: 'ping', request_id: mark });
    await client.waitFor(({ type, request_id }) => type === 'pong' && request_id === mark);
  };

  it('samples frames at the interval and tells the counts at the end', async () => {
    const client = await open();
    client.send({ type: 'start_streaming', interval: 0.5, request_id: 's' });
    expect(await client.next()).toMatchObject({
      type: 'streaming_started',
      interval: 0.5,
      processing_mode: 'normal',
      request_id: 's',
    });
    for (let i = 0; i < 10; i++) {
      client.send({ type: 'frame', frame_data: base64, timestamp: i / 10, frame_id: i });
      await settled(client, `p${i}`);
      clock.advance(100);
    }
    client.send({ type: 'frame', frame_data: 'no base64', frame_id: 'bad' });
    client.send({ type: 'stop_streaming', request_id: 't' });
    const stopped = await client.waitFor('streaming_stopped');
    expect(stopped).toMatchObject({
      request_id: 't',
      frames_received: 11,
      frames_skipped: 8,
      frames_sampled: 2,
      frames_invalid: 1,
      frames_analysed: 2,
      frames_dropped: 0,
      frames_failed: 0,
      duration_seconds: 1,
    });
    expect(client.ofType('direct_video_analysis_result').map((message) => message['frame_id'])).toEqual([0, 5]);
    expect(client.ofType('error')).toMatchObject([{ code: 'invalid_message', frame_id: 'bad' }]);
    expect(client.messages.at(-1)).toBe(stopped);
  });

  it("uses the session's analysis interval when none is given", async () => {
    const normal = await open();
    const fast = await open({ high_speed_vision: true });
    for (const client of [normal, fast]) client.send({ type: 'start_streaming' });
    expect((await normal.next())['interval']).toBe(3);
    expect((await fast.next())['interval']).toBe(0.5);
  });

  /** A stream that has been told to stop, while its one frame is looked at. */
  async function stopping() {
    analyzer.behaviour = 'held';
    const client = await open();
    const analysis = analyzer.sessions.at(-1);
    client.send({ type: 'start_streaming', interval: 0.1 });
    client.send({ type: 'frame', frame_data: base64 });
    client.send({ type: 'stop_streaming' });
    return { client, analysis };
  }

  it('waits for the last frame before it says that the stream has stopped', async () => {
    const { client, analysis } = await stopping();
    await settled(client, 'p');
    expect(client.ofType('streaming_stopped')).toHaveLength(0);
    await until(() => analysis?.pending.length === 1);
    analysis?.pending[0]?.fail(new AppError('invalid_image'));
    expect(await client.waitFor('streaming_stopped')).toMatchObject({ frames_sampled: 1, frames_failed: 1 });
    expect(client.ofType('error')).toMatchObject([{ code: 'invalid_image' }]);
  });

  it('answers a frame behind stop_streaming with not_streaming and does not count it', async () => {
    const { client, analysis } = await stopping();
    client.send({ type: 'frame', frame_data: base64, frame_id: 'late' });
    expect(await client.waitFor('error')).toMatchObject({ code: 'not_streaming', frame_id: 'late' });
    await until(() => analysis?.pending.length === 1);
    analysis?.pending[0]?.finish();
    expect(await client.waitFor('streaming_stopped')).toMatchObject({
      frames_received: 1,
      frames_sampled: 1,
      frames_invalid: 0,
      frames_analysed: 1,
    });
  });

  it('refuses frames and stops outside of a stream, and a second start', async () => {
    const client = await open();
    client.send({ type: 'frame', frame_data: base64, request_id: 'f' });
    expect(await client.next()).toMatchObject({ type: 'error', code: 'not_streaming', request_id: 'f' });
    client.send({ type: 'stop_streaming' });
    expect(await client.next()).toMatchObject({ type: 'error', code: 'not_streaming' });
    client.send({ type: 'start_streaming' });
    await client.next();
    client.send({ type: 'start_streaming' });
    expect(await client.next()).toMatchObject({ type: 'error', code: 'already_streaming' });
    client.send({ type: 'stop_streaming' });
    await client.waitFor('streaming_stopped');
    client.send({ type: 'start_streaming' });
    await client.waitForCount(2, ({ type }) => type === 'streaming_started');
  });

  it('still answers analyze_frame one by one while a stream is on', async () => {
    const client = await open();
    client.send({ type: 'start_streaming', interval: 60 });
    client.send({ type: 'analyze_frame', frame_data: base64, request_id: 'a' });
    expect(await client.waitFor('direct_video_analysis_result')).toMatchObject({ request_id: 'a' });
  });
});
