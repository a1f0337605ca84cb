import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { AppError } from '@jiga/contracts';
import { FakeAnalyzer, makePicture, makePictureClaiming, turn } from '@jiga/testing';
import type { ReceivedMessage, SocketClient } from '@jiga/testing';

import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

describe('the protocol of /streamDirectVideo', () => {
  const analyzer = new FakeAnalyzer();
  let server: TestServer;
  let picture: Buffer;
  let base64: string;
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    server = await TestServer.start({ analyzer, environment: { JIGA_FRAME_MAX_BYTES: '50000' } });
    picture = await makePicture();
    base64 = picture.toString('base64');
  });
  afterEach(async () => {
    analyzer.behaviour = 'now';
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => server.stop());

  const join = async (sessionId: string): Promise<SocketClient> => {
    const client = await server.connectVideo(sessionId);
    clients.push(client);
    expect((await client.next()).type).toBe('direct_video_stream_connected');
    expect((await client.next()).type).toBe('credit');
    return client;
  };
  const open = async (request = {}): Promise<SocketClient> => join(await server.createSession(request));
  const ask = async (client: SocketClient, message: unknown): Promise<ReceivedMessage> => {
    client.send(message);
    return client.next();
  };

  it('welcomes with the session and its mode', async () => {
    const sessionId = await server.createSession();
    const client = await server.connectVideo(sessionId);
    clients.push(client);
    const before = Date.now() / 1000;
    const welcome = await client.next();
    expect(welcome).toEqual({
      type: 'direct_video_stream_connected',
      session_id: sessionId,
      processing_mode: 'normal',
      high_speed_enabled: false,
      timestamp: expect.any(Number),
      seq: 1,
    });
    expect(Math.abs(welcome.timestamp - before)).toBeLessThan(5);
    const fast = await server.connectVideo(await server.createSession({ high_speed_vision: true }));
    clients.push(fast);
    expect(await fast.next()).toMatchObject({ processing_mode: 'high_speed', high_speed_enabled: true });
  });

  it('analyses a frame and echoes its ids', async () => {
    const client = await open();
    const message = { type: 'analyze_frame', frame_data: base64, timestamp: 12.5, source: 'obs', channel: 'main' };
    const answer = await ask(client, { ...message, request_id: 'r-1', frame_id: 7 });
    expect(answer).toMatchObject({
      type: 'direct_video_analysis_result',
      processing_mode: 'normal',
      request_id: 'r-1',
      frame_id: 7,
      seq: 3,
      data: { frame: { width: 64, height: 36, timestamp: 12.5, source: 'obs', channel: 'main', sequence: 1 } },
    });
    expect(analyzer.sessions.at(-1)?.frames[0]?.bytes).toEqual(picture);
  });

  it('fills in time and source, and leaves out ids that were not given', async () => {
    const client = await open();
    const answer = await ask(client, { type: 'analyze_frame', frame_data: base64 });
    expect(answer['data'].frame).toMatchObject({ source: 'direct_screen', channel: null });
    expect(Math.abs(answer['data'].frame.timestamp - Date.now() / 1000)).toBeLessThan(5);
    expect(answer).not.toHaveProperty('request_id');
    expect(answer).not.toHaveProperty('frame_id');
  });

  it('takes data: URLs, escaped slashes, PNG and WebP', async () => {
    const client = await open();
    const frames = [
      `data:image/jpeg;base64,${base64}`,
      (await makePicture({ format: 'png' })).toString('base64'),
      // The content counts, not what the URL says.
      `data:image/jpeg;base64,${(await makePicture({ format: 'webp' })).toString('base64')}`,
    ];
    for (const frame_data of frames) {
      expect(await ask(client, { type: 'analyze_frame', frame_data })).toMatchObject({
        type: 'direct_video_analysis_result',
        data: { frame: { width: 64, height: 36 } },
      });
    }
    client.sendText(`{"type":"analyze_frame","frame_data":"${base64.replaceAll('/', '\\/')}"}`);
    expect((await client.next()).type).toBe('direct_video_analysis_result');
  });

  it('takes binary messages and answers them like the others', async () => {
    const client = await open();
    client.sendBinary({ type: 'analyze_frame', timestamp: 3.25, request_id: 'b1' }, picture);
    expect(await client.next()).toMatchObject({
      type: 'direct_video_analysis_result',
      request_id: 'b1',
      data: { frame: { timestamp: 3.25, width: 64 } },
    });
    const { bytes } = analyzer.sessions.at(-1)?.frames[0] ?? {};
    expect(bytes).toEqual(picture);
    expect(bytes?.buffer.byteLength).toBe(picture.length);
  });

  it.each([
    ['no length', Buffer.alloc(2), 'invalid_message'],
    ['a header past the end', Buffer.from([0, 0, 1, 0, 0x7b, 0x7d]), 'invalid_message'],
    ['a header that is no JSON', Buffer.from([0, 0, 0, 2, 0x7b, 0x7b, 1]), 'malformed_json'],
    ['nothing', Buffer.alloc(0), 'invalid_message'],
  ])('answers a binary message with %s', async (_name, bytes, code) => {
    const client = await open();
    client.socket.send(bytes);
    expect(await client.next()).toMatchObject({ type: 'error', code });
    expect(await ask(client, { type: 'ping' })).toMatchObject({ type: 'pong' });
  });

  it('answers ping', async () => {
    const client = await open();
    expect(await ask(client, { type: 'ping', request_id: 'p' })).toMatchObject({
      type: 'pong',
      processing_mode: 'normal',
      request_id: 'p',
      seq: 3,
    });
  });

  it('answers everything that is wrong, says where, and stays open', async () => {
    const client = await open();
    const frame = { type: 'analyze_frame', frame_data: base64, request_id: 'r' };
    const wrong: [string, unknown, string, string?][] = [
      ['text', 'hello', 'malformed_json'],
      ['half a message', '{"type":"ping"', 'malformed_json'],
      ['an empty message', '', 'malformed_json'],
      ['an array', '[1]', 'invalid_message'],
      ['a number', '5', 'invalid_message'],
      ['null', 'null', 'invalid_message'],
      ['no type', {}, 'invalid_message'],
      ['a null type', { type: null }, 'invalid_message'],
      ['an unknown type', { type: 'dance' }, 'unknown_message_type'],
      ['no picture', { type: 'analyze_frame', request_id: 'r' }, 'invalid_message', '/frame_data'],
      ['an empty picture', { ...frame, frame_data: '' }, 'invalid_message', '/frame_data'],
      ['a null picture', { ...frame, frame_data: null }, 'invalid_message', '/frame_data'],
      ['an object for a picture', { ...frame, frame_data: {} }, 'invalid_message', '/frame_data'],
      ['no base64', { ...frame, frame_data: '%%%%' }, 'invalid_message', '/frame_data'],
      ['base64 of text', { ...frame, frame_data: Buffer.from('hello world').toString('base64') }, 'unsupported_image'],
      ['a GIF', { ...frame, frame_data: Buffer.from('GIF89a__').toString('base64') }, 'unsupported_image'],
      ['a time as text', { ...frame, timestamp: '12' }, 'invalid_message', '/timestamp'],
      ['a source of another type', { ...frame, source: 5 }, 'invalid_message', '/source'],
      ['a control character', { ...frame, channel: 'a\u0000' }, 'invalid_message', '/channel'],
      ['an id of another type', { ...frame, request_id: [] }, 'invalid_message', '/request_id'],
      ['deep nesting', `{"type":"ping","x":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'invalid_message'],
      ['a bad interval', { type: 'start_streaming', interval: -1 }, 'invalid_message', '/interval'],
    ];
    for (const [name, message, code, pointer] of wrong) {
      if (typeof message === 'string') client.sendText(message);
      else client.send(message);
      const answer = await client.next();
      expect([name, answer]).toMatchObject([
        name,
        { type: 'error', code, message: expect.any(String), retryable: false },
      ]);
      expect([name, answer['errors']?.[0]?.pointer]).toEqual([name, pointer]);
      const id = (message as { request_id?: unknown }).request_id;
      expect([name, answer['request_id']]).toEqual([name, typeof id === 'string' ? id : undefined]);
    }
    expect(await ask(client, frame)).toMatchObject({ type: 'direct_video_analysis_result', request_id: 'r' });
  });

  it('refuses too many bytes and too many pixels before anything is decoded', async () => {
    const client = await open();
    const analysis = analyzer.sessions.at(-1);
    const bomb = await makePictureClaiming(60_000, 60_000);
    const big = Buffer.concat([picture, Buffer.alloc(50_001)]);
    for (const frame of [bomb, big]) {
      const answer = await ask(client, {
        type: 'analyze_frame',
        frame_data: frame.toString('base64'),
        request_id: 'x',
      });
      expect(answer).toMatchObject({ type: 'error', code: 'frame_too_large', request_id: 'x' });
    }
    expect(analysis?.frames).toHaveLength(0);
  });

  it('says what the analysis failed with, but not how', async () => {
    analyzer.behaviour = 'held';
    const client = await open();
    const analysis = analyzer.sessions.at(-1);
    for (const [thrown, code] of [
      [new AppError('invalid_image'), 'invalid_image'],
      [new RangeError('secret internals'), 'vision_failed'],
    ] as const) {
      client.send({ type: 'analyze_frame', frame_data: base64, request_id: code });
      while (!analysis?.pending[0]) await turn();
      analysis.pending[0].fail(thrown);
      expect(await client.next()).toMatchObject({ type: 'error', code, request_id: code });
    }
    expect(JSON.stringify(client.messages)).not.toContain('secret internals');
  });

  it('closes 1009, after an error, on a message longer than any frame can be', async () => {
    const client = await open();
    client.send({ type: 'analyze_frame', frame_data: 'A'.repeat(300_000) });
    expect((await client.closed).code).toBe(1009);
    expect(client.messages.at(-1)).toMatchObject({ type: 'error', code: 'message_too_large' });
  });

  it('counts what it did in the metrics of the session', async () => {
    const sessionId = await server.createSession();
    const client = await join(sessionId);
    await ask(client, { type: 'analyze_frame', frame_data: base64 });
    await ask(client, { type: 'analyze_frame', frame_data: Buffer.from('no picture').toString('base64') });
    const response = await server.fetch(`/sessions/${sessionId}/metrics`);
    expect(await response.json()).toMatchObject({
      frames: { received: 2, analysed: 1, failed: 1 },
      sockets: { open: 1, total: 1 },
    });
  });

  it('tells of a rate limit, with the ids of what it refuses', async () => {
    const limited = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      environment: { JIGA_SOCKET_MESSAGES_PER_SECOND_MAX: '1', JIGA_SOCKET_MESSAGE_BURST_MAX: '3' },
    });
    try {
      const client = await limited.connectVideo(await limited.createSession(), { token: ADMIN_KEY });
      for (let i = 0; i < 5; i++) client.send({ type: 'ping', request_id: i });
      const answers = (await client.waitForCount(7)).slice(2);
      expect(answers.map(({ type, request_id }) => [type, request_id])).toEqual([
        ['pong', 0],
        ['pong', 1],
        ['pong', 2],
        ['error', 3],
        ['error', 4],
      ]);
      expect(answers[4]).toMatchObject({ code: 'rate_limited', retryable: true, retry_after: expect.any(Number) });
      await client.close();
    } finally {
      await limited.stop();
    }
  });
});
