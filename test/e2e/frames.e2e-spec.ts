import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { VisionResult } from '@jiga/contracts';
import { FakeAnalyzer, makePicture } from '@jiga/testing';

import { TestServer } from '../support/start-test-server.js';

describe('a picture over HTTP', () => {
  const analyzer = new FakeAnalyzer();
  let server: TestServer;
  let id: string;
  let picture: Buffer;

  beforeAll(async () => {
    server = await TestServer.start({
      analyzer,
      environment: { JIGA_FRAME_MAX_BYTES: '300000', JIGA_FRAME_MAX_PIXELS: '150000', JIGA_BODY_MAX_BYTES: '2048' },
    });
    picture = await makePicture({ width: 480, height: 270 });
  });
  beforeEach(async () => {
    analyzer.behaviour = 'now';
    id = await server.createSession();
  });
  afterAll(() => server.stop());

  const post = (body: string | Uint8Array<ArrayBuffer>, type: string, query = ''): Promise<Response> =>
    server.fetch(`/sessions/${id}/frames${query}`, { method: 'POST', body, headers: { 'content-type': type } });
  const postJson = (body: unknown): Promise<Response> => post(JSON.stringify(body), 'application/json');

  it('is analysed as JSON with base64, with what was said about it', async () => {
    const response = await postJson({ frame_data: picture.toString('base64'), timestamp: 12.5, source: 'obs' });
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({
        frame: expect.objectContaining({ timestamp: 12.5, source: 'obs', width: 480, height: 270 }),
      }),
    ]);
    expect(Buffer.from(analyzer.of(id).frames[0]?.bytes ?? []).equals(picture)).toBe(true);
  });

  it('is analysed as it is, with what was said about it in the query', async () => {
    const response = await post(new Uint8Array(picture), 'image/jpeg', '?timestamp=13.5&channel=c');
    expect(await response.json()).toMatchObject({ frame: { timestamp: 13.5, source: 'http', channel: 'c' } });
    const frame = analyzer.of(id).frames[0];
    expect(frame?.bytes.buffer.byteLength).toBe(picture.length);
  });

  it('takes as long a channel in the query as on the socket', async () => {
    const channel = 'c'.repeat(128);
    const response = await post(new Uint8Array(picture), 'image/jpeg', `?channel=${channel}`);
    expect(await response.json()).toMatchObject({ frame: { channel } });
    expect((await post(new Uint8Array(picture), 'image/jpeg', `?channel=${channel}c`)).status).toBe(422);
  });

  it('counts among the figures of the session', async () => {
    await post(new Uint8Array(picture), 'image/jpeg');
    const metrics = await (await server.fetch(`/sessions/${id}/metrics`)).json();
    expect(metrics).toMatchObject({ total_operations: 1, frames: { received: 1, analysed: 1, bytes: picture.length } });
  });

  it('gives way to newer ones, and says so', async () => {
    analyzer.behaviour = 'held';
    const answers = Array.from({ length: 4 }, () => post(new Uint8Array(picture), 'image/jpeg'));
    const dropped = await Promise.any(answers);
    expect(dropped.status).toBe(503);
    expect(await dropped.json()).toMatchObject({ code: 'frame_dropped', retryable: true, reason: 'superseded' });
    await server.closeSession(id);
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([409, 409, 503, 503]);
  });

  it.each([
    [
      'a field that it does not know',
      () => postJson({ frame_data: picture.toString('base64'), when: 1 }),
      422,
      'validation_failed',
    ],
    ['no picture', () => postJson({}), 422, 'validation_failed'],
    ['a picture that is no text', () => postJson({ frame_data: 5 }), 422, 'validation_failed'],
    ['text that is not base64', () => postJson({ frame_data: '%%%' }), 422, 'validation_failed'],
    [
      'a time in milliseconds',
      () => postJson({ frame_data: picture.toString('base64'), timestamp: 1e12 }),
      422,
      'validation_failed',
    ],
    [
      'a query that it does not know',
      () => post(new Uint8Array(picture), 'image/jpeg', '?when=1'),
      422,
      'validation_failed',
    ],
    ['a list', () => postJson([]), 422, 'validation_failed'],
    ['bytes that are no picture', () => post('GIF89a', 'image/jpeg'), 415, 'unsupported_image'],
    ['another media type', () => post('x', 'image/gif'), 415, 'unsupported_media_type'],
    ['a body past the limit of a frame', () => post(new Uint8Array(500_000), 'image/jpeg'), 413, 'body_too_large'],
    [
      'too many bytes',
      () => post(new Uint8Array(Buffer.concat([picture, Buffer.alloc(300_000)])), 'image/jpeg'),
      413,
      'frame_too_large',
    ],
  ] as const)('is refused for %s', async (_name, call, status, code) => {
    const response = await call();
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ code })]);
  });

  it('is told every field that is wrong or unknown', async () => {
    const response = await postJson({ frame_data: 5, timestamp: -1, 'a/b': 1, request_id: 'r' });
    expect(await response.json()).toMatchObject({
      errors: [
        { pointer: '/timestamp', code: 'out_of_range' },
        { pointer: '/frame_data', code: 'wrong_type' },
        { pointer: '/a~1b', code: 'unknown_field' },
        { pointer: '/request_id', code: 'unknown_field' },
      ],
    });
  });

  it('is refused for too many pixels before it is decoded', async () => {
    const response = await post(new Uint8Array(await makePicture({ width: 640, height: 360 })), 'image/jpeg');
    expect([response.status, await response.json()]).toEqual([
      413,
      expect.objectContaining({ code: 'frame_too_large' }),
    ]);
    expect(analyzer.of(id).frames).toEqual([]);
  });

  it('needs a session that lives', async () => {
    await server.closeSession(id);
    expect((await post(new Uint8Array(picture), 'image/jpeg')).status).toBe(409);
    id = 'sess_0000000000000000000000';
    expect((await post(new Uint8Array(picture), 'image/jpeg')).status).toBe(404);
  });

  it('is taken nowhere else', async () => {
    const init = { method: 'POST', body: new Uint8Array(10), headers: { 'content-type': 'image/jpeg' } };
    expect((await server.fetch('/sessions', init)).status).toBe(415);
  });
});

describe('a single picture of a game over HTTP', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server.stop());

  const analyse = async (fixture: string): Promise<VisionResult> => {
    const body = await readFile(new URL(`../fixtures/${fixture}`, import.meta.url));
    const id = await server.createSession();
    const headers = { 'content-type': 'image/jpeg' };
    const response = await server.fetch(`/sessions/${id}/frames`, { method: 'POST', body, headers });
    return (await response.json()) as VisionResult;
  };

  it('is read whole in its one answer, with all that its messages tell', async () => {
    const { game, events } = await analyse('openarena/still_oa_ctf_f0300_1280x720.jpg');
    expect(game?.id).toBe('openarena');
    const victims = events.filter(({ type }) => type === 'kill').map(({ detail }) => detail['victim']);
    expect(new Set(victims)).toEqual(new Set(['Beret', 'Gargoyle']));
  });

  it('is searched for text where the game is not known', async () => {
    const { game, detections } = await analyse('freedoom/doom_fd1_f0800_1280x720.jpg');
    expect(game).toBeNull();
    expect(detections.map(({ text }) => text)).toEqual(expect.arrayContaining(['65%', '0%', 'HEALTH', 'ARMS']));
  });
});
