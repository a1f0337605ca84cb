import { describe, expect, it } from '@jest/globals';

import { makePicture, turn, until } from '@jiga/testing';
import type { ReceivedMessage, SocketClient } from '@jiga/testing';

import { HighSpeedRig } from '../support/high-speed-rig.js';
import { ADMIN_KEY } from '../support/start-test-server.js';

type Json = Record<string, unknown>;

const isAnswer = ({ type }: ReceivedMessage): boolean =>
  type === 'high_speed_analysis_result' || type === 'frame_dropped' || type === 'error';

describe('a batch on /high-speed/stream', () => {
  const rig = HighSpeedRig.forAll();
  const { analyzer, clock } = rig;

  const batchOf = (ids: readonly string[], extra: Json = {}): Json => ({
    type: 'analyze_batch',
    request_id: 'batch',
    frames: ids.map((request_id, i) => ({ frame_data: rig.base64, request_id, timestamp: 100 + i })),
    ...extra,
  });
  const answersOf = (client: SocketClient): unknown[] =>
    client.messages
      .filter(isAnswer)
      .map(({ type, request_id, batch_index, reason, code }) => [
        request_id,
        batch_index,
        reason ?? code ?? (type === 'high_speed_analysis_result' ? 'result' : type),
      ]);

  it.each(['text', 'binary'])('answers each frame of a %s batch as it is done, then the batch', async (form) => {
    analyzer.behaviour = 'held';
    const { client, analysis } = await rig.open({ high_speed_config: { batch_size: 10 } });
    const ids = ['a', 'b', 'c', 'd'];
    if (form === 'text') client.send(batchOf(ids));
    else {
      const frames = ids.map((request_id, i) => ({ bytes: rig.picture.length, request_id, timestamp: 100 + i }));
      const payload = Buffer.concat(ids.map(() => rig.picture));
      client.sendBinary({ type: 'analyze_batch', request_id: 'batch', frames }, payload);
    }
    await until(() => analysis.pending.length === 4);
    expect(analysis.frames.map(({ timestamp }) => timestamp)).toEqual([100, 101, 102, 103]);
    for (const entry of [2, 0, 1, 0]) {
      clock.advance(10);
      analysis.pending[entry]?.finish();
      await turn();
    }
    const complete = await client.waitFor('batch_complete');
    expect(answersOf(client)).toEqual([
      ['c', 2, 'result'],
      ['a', 0, 'result'],
      ['d', 3, 'result'],
      ['b', 1, 'result'],
    ]);
    expect(client.ofType('high_speed_analysis_result').map((message) => message['processing_latency_ms'])).toEqual([
      10, 20, 30, 40,
    ]);
    const counts = { frames: 4, analysed: 4, dropped: 0, failed: 0, processing_latency_ms: 40 };
    expect(complete).toMatchObject({ ...counts, request_id: 'batch' });
  });

  it('lets a bad frame of a batch fail alone', async () => {
    const { client } = await rig.open();
    const frames = [
      { frame_data: rig.base64, request_id: 'good' },
      { frame_data: 'no base64!', request_id: 'letters' },
      { frame_data: Buffer.from('no picture').toString('base64'), frame_id: 9 },
      { request_id: 'empty' },
      { frame_data: rig.base64, request_id: 'late', timestamp: 'yesterday' },
      { frame_data: rig.base64.replaceAll('/', '\\/'), request_id: 'escaped' },
    ];
    client.sendText(JSON.stringify({ type: 'analyze_batch', request_id: 'batch', frames }).replaceAll('\\\\/', '\\/'));
    const complete = await client.waitFor('batch_complete');
    expect(answersOf(client)).toHaveLength(6);
    expect(answersOf(client)).toEqual(
      expect.arrayContaining([
        ['good', 0, 'result'],
        ['letters', 1, 'invalid_message'],
        ['batch', 2, 'unsupported_image'],
        ['empty', 3, 'invalid_message'],
        ['late', 4, 'invalid_message'],
        ['escaped', 5, 'result'],
      ]),
    );
    expect(complete).toMatchObject({ frames: 6, analysed: 2, dropped: 0, failed: 4 });
  });

  it('never lets a batch supersede frames of its own, however few may be analysed at once', async () => {
    analyzer.behaviour = 'held';
    const { client, analysis } = await rig.open({ high_speed_config: { max_concurrent_analyses: 2, batch_size: 10 } });
    client.send(batchOf(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']));
    for (let done = 0; done < 10; done++) {
      await until(() => analysis.pending.length > 0);
      analysis.pending[0]?.finish();
    }
    expect(await client.waitFor('batch_complete')).toMatchObject({ frames: 10, analysed: 10, dropped: 0 });
    expect(analysis.mostAtOnce).toBe(2);
    expect(analysis.frames.map(({ timestamp }) => timestamp)).toEqual(Array.from({ length: 10 }, (_, i) => 100 + i));
  });

  it('analyses as many frames of a batch at once as batch_size says', async () => {
    analyzer.behaviour = 'held';
    const { client, analysis } = await rig.open({ high_speed_config: { batch_size: 3 } });
    client.send(batchOf(['a', 'b', 'c', 'd', 'e']));
    await until(() => analysis.pending.length === 3);
    await turn();
    expect(analysis.pending).toHaveLength(3);
    analyzer.behaviour = 'now';
    for (const entry of analysis.pending.slice()) entry.finish();
    expect(await client.waitFor('batch_complete')).toMatchObject({ analysed: 5 });
    expect(analysis.mostAtOnce).toBe(3);
  });

  it('prefers a newer batch to what is left of an older one, and answers every frame of both', async () => {
    analyzer.behaviour = 'held';
    const { client, analysis } = await rig.open({ high_speed_config: { max_concurrent_analyses: 1 } });
    client.send(batchOf(['a', 'b', 'c'], { request_id: 'old' }));
    await until(() => analysis.pending.length === 1);
    client.send(batchOf(['x', 'y'], { request_id: 'new' }));
    await client.waitForCount(2, ({ type }) => type === 'frame_dropped');
    analyzer.behaviour = 'now';
    analysis.pending[0]?.finish();
    await client.waitForCount(2, ({ type }) => type === 'batch_complete');
    const reasons = Object.fromEntries(
      answersOf(client).map((answer) => [(answer as string[])[0], (answer as string[])[2]]),
    );
    expect(reasons).toEqual({ a: 'result', b: 'superseded', c: 'superseded', x: 'result', y: 'result' });
    const counts = client
      .ofType('batch_complete')
      .map(({ request_id, analysed, dropped }) => [request_id, analysed, dropped]);
    expect(counts).toEqual([
      ['old', 1, 2],
      ['new', 2, 0],
    ]);
  });

  it.each([
    ['too many frames', () => batchOf(Array.from({ length: 11 }, (_, i) => `f${i}`))],
    ['no frames', () => batchOf([])],
    ['frames that are no array', () => ({ ...batchOf([]), frames: 'many' })],
    ['a frame that is no object', () => ({ ...batchOf(['a']), frames: [rig.base64] })],
  ])('refuses a batch with %s as a whole', async (_what, message) => {
    const { client, analysis } = await rig.open();
    client.send(message());
    expect(await client.next()).toMatchObject({
      type: 'error',
      code: 'invalid_message',
      request_id: 'batch',
      errors: [{ pointer: '/frames' }],
    });
    expect(analysis.frames).toHaveLength(0);
  });

  it('refuses a binary batch whose lengths do not fit, and tells what it takes', async () => {
    const { client } = await rig.open();
    const frames = [{ bytes: rig.picture.length }, { bytes: 5 }];
    client.sendBinary({ type: 'analyze_batch', request_id: 'batch', frames }, rig.picture);
    expect(await client.next()).toMatchObject({ type: 'error', code: 'invalid_message', request_id: 'batch' });
    client.send({ type: 'start_streaming', request_id: 's' });
    expect(await client.next()).toMatchObject({ type: 'error', code: 'unknown_message_type', request_id: 's' });
    client.send({ type: 'ping', request_id: 'p' });
    expect(await client.next()).toMatchObject({ type: 'pong', request_id: 'p' });
  });

  it('knows a batch whose type stands at the end', async () => {
    const { client } = await rig.open();
    const large = (await makePicture({ width: 480, height: 270, quality: 95 })).toString('base64');
    for (const frame_data of [rig.base64, large]) {
      const frames = Array.from({ length: 4 }, (_, i) => ({ frame_data, request_id: i }));
      client.send({ frames, type: 'analyze_batch' });
    }
    await client.waitForCount(2, ({ type }) => type === 'batch_complete');
    expect(client.ofType('high_speed_analysis_result')).toHaveLength(8);
  });

  it('settles a batch whose session ends in the middle of it', async () => {
    analyzer.behaviour = 'held';
    const { client, analysis, id } = await rig.open({ high_speed_config: { max_concurrent_analyses: 1 } });
    client.send(batchOf(['a', 'b', 'c']));
    await until(() => analysis.pending.length === 1);
    await rig.server.closeSession(id);
    expect((await client.closed).code).toBe(1000);
    expect(answersOf(client).map((answer) => (answer as string[])[2])).toEqual(Array(3).fill('session_closed'));
    expect(client.messages.at(-1)).toMatchObject({ type: 'batch_complete', failed: 3, request_id: 'batch' });
    expect((await rig.server.fetch(`/sessions/${id}`, { token: ADMIN_KEY })).status).toBe(200);
  });
});
