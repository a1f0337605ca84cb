import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { Callout } from '@jiga/contracts';
import { EventBus } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';
import { FakeAnalyzer, makePicture, turn, until } from '@jiga/testing';
import type { FakeAnalysis, ReceivedMessage, SocketClient } from '@jiga/testing';

import { TestServer } from '../support/start-test-server.js';

const isAnswer = ({ type }: ReceivedMessage): boolean =>
  type === 'direct_video_analysis_result' || type === 'frame_dropped' || type === 'error';

describe('the flow of frames on /streamDirectVideo', () => {
  const analyzer = new FakeAnalyzer();
  let server: TestServer;
  let picture: Buffer;
  let base64: string;
  let sessionId: string;
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    server = await TestServer.start({
      analyzer,
      environment: {
        JIGA_SOCKETS_PER_SESSION_MAX: '4',
        JIGA_SOCKET_MESSAGES_PER_SECOND_MAX: '10000',
        JIGA_SOCKET_MESSAGE_BURST_MAX: '10000',
      },
    });
    picture = await makePicture({ width: 480, height: 270 });
    base64 = picture.toString('base64');
  });
  beforeEach(async () => {
    analyzer.behaviour = 'now';
    sessionId = await server.createSession();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => server.stop());

  const join = async (id = sessionId): Promise<SocketClient> => {
    const client = await server.connectVideo(id);
    clients.push(client);
    await client.waitFor('direct_video_stream_connected');
    return client;
  };
  const analysisOf = (id = sessionId): FakeAnalysis => analyzer.of(id);
  const frame = (request_id: string | number, extra = {}) => ({
    type: 'analyze_frame',
    frame_data: base64,
    request_id,
    ...extra,
  });
  const answersOf = (client: SocketClient, id: string | number): ReceivedMessage[] =>
    client.messages.filter((message) => isAnswer(message) && message['request_id'] === id);

  it.each(['text', 'binary'])(
    'answers each of 60 %s frames at once exactly once and analyses the newest',
    async (form) => {
      const client = await join();
      const ids = Array.from({ length: 60 }, (_, i) => `f${i}`);
      client.rawSocket.cork();
      for (const id of ids) {
        if (form === 'text') client.send(frame(id));
        else client.sendBinary({ type: 'analyze_frame', request_id: id }, picture);
      }
      client.rawSocket.uncork();
      await client.waitForCount(60, isAnswer);
      for (const id of ids) expect([id, answersOf(client, id).length]).toEqual([id, 1]);
      expect(answersOf(client, 'f59')[0]?.type).toBe('direct_video_analysis_result');
      const dropped = client.ofType('frame_dropped');
      expect(dropped.length).toBeGreaterThan(40);
      for (const message of dropped) {
        expect(message).toMatchObject({
          reason: 'superseded',
          advice: expect.any(String),
          frame_timestamp: expect.any(Number),
        });
      }
    },
  );

  it('analyses one frame at a time in normal mode, the newest next', async () => {
    analyzer.behaviour = 'held';
    const client = await join();
    const { pending, frames } = analysisOf();
    client.send(frame('a'));
    await until(() => pending.length === 1);
    for (const id of ['b', 'c', 'd']) client.send(frame(id));
    await client.waitForCount(2, ({ type }) => type === 'frame_dropped');
    expect([answersOf(client, 'b').length, answersOf(client, 'c').length, pending.length]).toEqual([1, 1, 1]);
    pending[0]?.finish();
    await until(() => frames.length === 2);
    pending[0]?.finish();
    await client.waitForCount(4, isAnswer);
    expect(['a', 'b', 'c', 'd'].map((id) => answersOf(client, id)[0]?.type)).toEqual([
      'direct_video_analysis_result',
      'frame_dropped',
      'frame_dropped',
      'direct_video_analysis_result',
    ]);
  });

  it('analyses up to ten frames at once in high-speed mode', async () => {
    analyzer.behaviour = 'held';
    const fast = await server.createSession({ high_speed_vision: true });
    const client = await join(fast);
    const analysis = analysisOf(fast);
    for (let i = 0; i < 15; i++) {
      client.send(frame(i));
      await until(() => analysis.frames.length === Math.min(i + 1, 10));
    }
    expect(analysis.mostAtOnce).toBe(10);
    analyzer.behaviour = 'now';
    for (const entry of analysis.pending.slice().reverse()) entry.finish();
    await client.waitForCount(15, isAnswer);
    expect(client.ofType('direct_video_analysis_result').map((message) => message['request_id'])).toEqual([
      9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 10, 11, 12, 13, 14,
    ]);
  });

  it('shares the intake between the sockets of a session and answers each on its own', async () => {
    analyzer.behaviour = 'held';
    const [one, two] = [await join(), await join()];
    const { pending } = analysisOf();
    one.send(frame('one-a'));
    await until(() => pending.length === 1);
    one.send(frame('one-b'));
    await turn();
    two.send(frame('two-a'));
    expect(await one.waitFor('frame_dropped')).toMatchObject({ request_id: 'one-b' });
    pending[0]?.finish();
    await until(() => pending[0]?.frame !== undefined && analysisOf().frames.length === 2);
    pending[0]?.finish();
    expect(await one.waitFor('direct_video_analysis_result')).toMatchObject({ request_id: 'one-a' });
    expect(await two.waitFor('direct_video_analysis_result')).toMatchObject({ request_id: 'two-a' });
    expect(two.messages.filter(isAnswer)).toHaveLength(1);
  });

  it('forgets the frames of a client that went away and serves its next connection', async () => {
    analyzer.behaviour = 'held';
    const first = await join();
    const analysis = analysisOf();
    first.send(frame('a'));
    await until(() => analysis.pending.length === 1);
    first.send(frame('b'));
    await turn();
    first.socket.terminate();
    await first.closed;
    const second = await join();
    second.send(frame('c'));
    await turn();
    analysis.pending[0]?.finish();
    await until(() => analysis.frames.length === 2);
    analysis.pending[0]?.finish();
    expect(await second.waitFor('direct_video_analysis_result')).toMatchObject({ request_id: 'c' });
  });

  it('pushes each callout once to each socket of its session and to no other', async () => {
    const [one, two, stranger] = [await join(), await join(), await join(await server.createSession())];
    const callout: Callout = {
      callout_id: 'call_1',
      text: 'Low health',
      priority: 'urgent',
      category: 'survival',
      timestamp: 1,
      expires_at: 2,
      reason: 'health 9',
    };
    server.server.app.get(EventBus).publish('vision.callout', { sessionId, at: 1, callout });
    for (const client of [one, two]) {
      expect((await client.waitFor('callout'))['data']).toEqual(callout);
      client.send({ type: 'ping' });
      await client.waitFor('pong');
      expect(client.ofType('callout')).toHaveLength(1);
    }
    stranger.send({ type: 'ping' });
    await stranger.waitFor('pong');
    expect(stranger.ofType('callout')).toHaveLength(0);
  });

  it('gives a client that reads too slowly a short answer in place of each result, and every answer once', async () => {
    const slow = await join();
    const metrics = server.server.app.get(SessionsService).peek(sessionId)?.metrics;
    const withheld = (): number => metrics?.snapshot().frames.dropped['slow_reader'] ?? 0;
    analyzer.overrides = { team_messages: ['x'.repeat(100_000)] };
    slow.rawSocket.pause();
    let sent = 0;
    while (withheld() < 3 && sent < 350) {
      slow.send(frame(sent++));
      await until(() => metrics?.snapshot().frames.analysed === sent);
    }
    analyzer.overrides = {};
    expect(withheld()).toBe(3);
    slow.rawSocket.resume();
    await slow.waitForCount(sent, isAnswer);
    for (let id = 0; id < sent; id++) expect([id, answersOf(slow, id).length]).toEqual([id, 1]);
    expect(slow.ofType('frame_dropped').map(({ reason }) => reason)).toEqual(Array(3).fill('slow_reader'));
    expect(slow.closeReport).toBeNull();
  });

  it('cuts off a client that sends and reads nothing, while others go on', async () => {
    const small = await TestServer.start({
      analyzer,
      environment: {
        JIGA_SOCKET_BUFFER_MAX_BYTES: '65536',
        JIGA_SOCKET_MESSAGES_PER_SECOND_MAX: '100000',
        JIGA_SOCKET_MESSAGE_BURST_MAX: '100000',
      },
    });
    try {
      const id = await small.createSession();
      const deaf = await small.connectVideo(id);
      const other = await small.connectVideo(await small.createSession());
      await deaf.waitFor('direct_video_stream_connected');
      deaf.rawSocket.pause();
      const sockets = (): number => small.server.app.get(SessionsService).peek(id)?.sockets ?? 0;
      let rounds = 0;
      while (sockets() === 1 && rounds < 500) {
        // Pongs are answers and never withheld: they pile up for one who does not read.
        for (let n = 0; n < 500; n++)
          deaf.send({ type: 'ping', request_id: '長'.repeat(128), frame_id: '長'.repeat(128) });
        other.send({ type: 'ping' });
        await other.waitForCount(++rounds, ({ type }) => type === 'pong');
      }
      expect(sockets()).toBe(0);
      deaf.rawSocket.resume();
      await deaf.closed;
      await other.close();
    } finally {
      await small.stop();
    }
  });

  it('keeps no frame of the bursts that went through', async () => {
    const client = await join();
    const analysis = analysisOf();
    const bursts = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        client.messages.length = 0;
        client.rawSocket.cork();
        for (let n = 0; n < 60; n++) client.sendBinary({ type: 'analyze_frame', request_id: n }, picture);
        client.rawSocket.uncork();
        await client.waitForCount(60, isAnswer);
        // The fake keeps what it was given; everything else must let go.
        analysis.frames.length = 0;
      }
    };
    await bursts(3);
    const before = bufferBytes();
    await bursts(20);
    const through = 20 * 60 * picture.length;
    // Buffers are freed in the background, some turns after the collection that found them unused.
    await until(() => bufferBytes() - before < through / 4, 'the release of the frames');
  });
});

/** Bytes in buffers, after collecting garbage. */
function bufferBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
}
