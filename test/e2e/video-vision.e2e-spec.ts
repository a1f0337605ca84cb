import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';

import { VISION_RESULT_SCHEMA } from '@jiga/contracts';
import { makePicture } from '@jiga/testing';
import type { ReceivedMessage, SocketClient } from '@jiga/testing';

import { closed } from '../support/closed-schema.js';
import { TestServer } from '../support/start-test-server.js';

const isAnswer = ({ type }: ReceivedMessage): boolean =>
  type === 'direct_video_analysis_result' || type === 'frame_dropped' || type === 'error';
const LONG = 30_000;

describe('/streamDirectVideo with the real vision behind it', () => {
  let server: TestServer;
  const clients: SocketClient[] = [];
  const validate = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false, allErrors: true }).compile(
    closed(VISION_RESULT_SCHEMA),
  );

  beforeAll(async () => {
    server = await TestServer.start();
  }, LONG);
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => server.stop());

  const open = async (request = {}): Promise<SocketClient> => {
    const client = await server.connectVideo(await server.createSession(request));
    clients.push(client);
    await client.next();
    return client;
  };
  const analyse = async (client: SocketClient, picture: Uint8Array, request_id: string): Promise<ReceivedMessage> => {
    client.sendBinary({ type: 'analyze_frame', request_id }, picture);
    return client.waitFor((message) => isAnswer(message) && message['request_id'] === request_id, LONG);
  };

  it.each([false, true])(
    'answers each of 60 frames at once exactly once, high speed %p',
    async (high_speed_vision) => {
      const client = await open({ high_speed_vision });
      const distinct = await Promise.all([0, 1, 2, 3, 4].map((seed) => makePicture({ width: 480, height: 270, seed })));
      const pictures = Array.from({ length: 12 }, () => distinct).flat();
      client.rawSocket.cork();
      for (const [i, picture] of pictures.entries()) {
        client.sendBinary({ type: 'analyze_frame', request_id: `f${i}`, timestamp: i / 10 }, picture);
      }
      client.rawSocket.uncork();
      const answers = await client.waitForCount(60, isAnswer, LONG);
      expect(new Set(answers.map((answer) => answer['request_id'])).size).toBe(60);
      expect(client.ofType('error')).toEqual([]);
      const newest = answers.find((answer) => answer['request_id'] === 'f59');
      expect(newest).toMatchObject({
        type: 'direct_video_analysis_result',
        data: { frame: { timestamp: 5.9, width: 480 } },
      });
      for (const { data } of client.ofType('direct_video_analysis_result')) {
        expect([validate(data), validate.errors ?? []]).toEqual([true, []]);
      }
    },
    60_000,
  );

  it(
    'sees the same in JPEG, PNG and WebP',
    async () => {
      const client = await open({ skills: [] });
      const motions: number[] = [];
      for (const [format, seed] of [
        ['jpeg', 1],
        ['png', 1],
        ['webp', 1],
        ['jpeg', 2],
      ] as const) {
        const picture = await makePicture({ width: 480, height: 270, format, quality: 95, seed });
        const { type, data } = await analyse(client, picture, `${format} ${seed}`);
        expect([type, data?.frame.width, data?.frame.height]).toEqual(['direct_video_analysis_result', 480, 270]);
        motions.push(Number(data.metadata.motion));
      }
      const [, toPng = 1, toWebp = 1, toOther = 0] = motions;
      expect(Math.max(toPng, toWebp)).toBeLessThan(0.025);
      expect(toOther).toBeGreaterThan(0.05);
    },
    LONG,
  );

  it(
    'answers damaged pictures with invalid_image and goes on',
    async () => {
      const client = await open({ skills: [] });
      for (const format of ['jpeg', 'png', 'webp'] as const) {
        const picture = await makePicture({ width: 480, height: 270, format });
        const cut = picture.subarray(0, Math.floor(picture.length / 3));
        expect(await analyse(client, cut, `cut ${format}`)).toMatchObject({ type: 'error', code: 'invalid_image' });
      }
      const whole = await makePicture({ width: 480, height: 270 });
      expect((await analyse(client, whole, 'whole')).type).toBe('direct_video_analysis_result');
    },
    LONG,
  );
});
