import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';

import { SessionsService } from '@jiga/sessions';
import {
  FakeAnalyzer,
  FakeModelServer,
  FakeTwitchServer,
  makeMedia,
  SAMPLE_CLIP,
  SocketClient,
  tempDir,
  until,
} from '@jiga/testing';

import { LastFrames } from '../../apps/server/src/video/last-frames.service.js';
import { call } from '../support/call.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

const SEES = 'compatible:eye';
const BLIND = 'compatible:talk';
const CHANNEL = 'shows_a_lot';
const ON = { enable_frame_context: true, response_type: 'text' };
const RED = { r: 200, g: 20, b: 20 };
const BLUE = { r: 20, g: 20, b: 200 };
type Colour = typeof RED;

/** A screen of one colour. */
const screen = (background: Colour, format: 'jpeg' | 'png' = 'jpeg'): Promise<Buffer> =>
  sharp({ create: { width: 1600, height: 900, channels: 3, background } })
    .toFormat(format)
    .toBuffer();

async function colourOf(picture: Buffer): Promise<'red' | 'blue' | 'other'> {
  const [red, , blue] = (await sharp(picture).stats()).channels.map(({ mean }) => mean);
  if (red === undefined || blue === undefined || Math.abs(red - blue) < 100) return 'other';
  return red > blue ? 'red' : 'blue';
}

describe('the newest frame as context of a conversation', () => {
  const analyzer = new FakeAnalyzer();
  const sockets: SocketClient[] = [];
  let models: FakeModelServer;
  let twitch: FakeTwitchServer;
  let files: Awaited<ReturnType<typeof tempDir>>;
  let server: TestServer;

  beforeAll(async () => {
    const { segments } = await makeMedia({ clip: SAMPLE_CLIP, width: 320, height: 180, seconds: 3, segmentS: 1 });
    const media = (_rung: string, n: number): Buffer => segments[n % segments.length] ?? Buffer.alloc(0);
    twitch = await FakeTwitchServer.listen({ nowMs: () => Date.now(), media });
    twitch.twitch.channel(CHANNEL).goLive().segmentS = 1;
    files = await tempDir();
    await writeFile(join(files.path, 'game.ts'), Buffer.concat(segments));
    models = await FakeModelServer.listen();
    server = await TestServer.start({
      analyzer,
      environment: {
        ...twitch.environment,
        JIGA_STREAM_FILES_DIR: files.path,
        JIGA_COMPATIBLE_URL: models.url,
        JIGA_REPLY_MODELS: `${SEES},${BLIND}`,
        JIGA_REPLY_PICTURE_MODELS: SEES,
        JIGA_TRANSCRIPTION_MODELS: 'compatible:ear',
      },
    });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await Promise.all([models.close(), twitch.close(), files.remove()]);
  });
  beforeEach(() => {
    models.received.length = 0;
    models.pictureConduct = null;
    models.saying = { ...models.saying, text: 'A wall of one colour.' };
  });
  afterEach(() => Promise.all(sockets.splice(0).map((socket) => socket.close())));

  const create = (request: object = {}): Promise<string> =>
    server.createSession({
      voice_chat_enabled: true,
      voice_chat_config: ON,
      model_provider: { reply: [SEES] },
      ...request,
    });
  const connect = async (id: string, path: string): Promise<SocketClient> => {
    const socket = await SocketClient.connect(`${server.socketOrigin}/sessions/${id}/${path}`, { token: ADMIN_KEY });
    sockets.push(socket);
    return socket;
  };
  /** Sends frames, each when the one before was answered. */
  const show = async (id: string, path: string, ...colours: readonly Colour[]): Promise<void> => {
    const socket = await connect(id, path);
    for (const [index, colour] of colours.entries()) {
      const request_id = `f${index}`;
      const frame_data = (await screen(colour)).toString('base64');
      socket.send({ type: 'analyze_frame', frame_data, request_id });
      await socket.waitFor((message) => message['request_id'] === request_id);
    }
  };
  /** Until the first frame of a stream is here. */
  const seen = async (id: string): Promise<void> => {
    const frames = () => analyzer.sessions.find(({ settings }) => settings.sessionId === id)?.frames ?? [];
    await until(() => frames().length > 0, 'a frame of the stream', 30_000);
  };
  const ask = async (id: string): Promise<Readonly<Record<string, unknown>>> => {
    const socket = await connect(id, 'audio/stream');
    socket.send({ type: 'text_input', text: 'what is it that I see there?', request_id: 'q' });
    return socket.waitFor((message) => message['request_id'] === 'q' && message.type === 'voice_response');
  };
  /** What came with each question that the service was asked; null = words alone. */
  const shown = (): (Buffer | null)[] =>
    models.received
      .filter(({ path }) => path.endsWith('/chat/completions'))
      .map(({ body }) => {
        const [, data] = /data:image\/jpeg;base64,([\w+/=]+)/.exec(JSON.stringify(body)) ?? [];
        return data === undefined ? null : Buffer.from(data, 'base64');
      });
  const theOneShown = (): Buffer => {
    const [picture, ...more] = shown();
    if (!picture || more.length > 0) throw new Error(`shown: ${shown().map(String).join()}`);
    return picture;
  };

  it.each([
    ['the video socket', 'streamDirectVideo', {}],
    ['the high-speed socket', 'high-speed/stream', { high_speed_vision: true }],
  ])('is the last that came over %s, made small', async (_name, path, more) => {
    const id = await create(more);
    await show(id, path, RED, RED, BLUE);
    expect(await ask(id)).toMatchObject({ kind: 'talk', source: SEES, text: 'A wall of one colour.' });
    expect(await sharp(theOneShown()).metadata()).toMatchObject({ format: 'jpeg', width: 768, height: 432 });
    expect(await colourOf(theOneShown())).toBe('blue');
    // Kept in memory alone: the timeline knows the words and no picture.
    const timeline = JSON.stringify((await call(server, 'GET', `/sessions/${id}/events?limit=500`)).body);
    expect(timeline).toContain('A wall of one colour.');
    expect(timeline).not.toMatch(/[\w+/]{200}/);
    await server.closeSession(id);
  });

  it.each([
    ['Twitch, by the own high-speed socket', 'twitch', { high_speed_vision: true }],
    ['Twitch', 'twitch', {}],
    ['a URL', 'stream_url', {}],
  ])(
    'comes from %s',
    async (_name, video_input_source, more) => {
      const url = pathToFileURL(join(files.path, 'game.ts')).href;
      const video_source_config = video_input_source === 'twitch' ? { channel_name: CHANNEL } : { url };
      const id = await create({ video_input_source, video_source_config, ...more });
      await seen(id);
      await ask(id);
      const { width, height } = await sharp(theOneShown()).metadata();
      const [frame] = analyzer.of(id).frames;
      expect([width, height]).toEqual([frame?.width, frame?.height]);
      await server.closeSession(id);
    },
    60_000,
  );

  it('is the picture that a recording brings, of whatever format, without any setting', async () => {
    const id = await create({
      voice_chat_config: {},
      model_provider: { reply: [SEES], transcription: ['compatible:ear'] },
    });
    await show(id, 'streamDirectVideo', RED);
    const audio_base64 = (await readFile('test/fixtures/audio/human/goforward.wav')).toString('base64');
    const asked = { audio_base64, frame_data: (await screen(BLUE, 'png')).toString('base64'), response_type: 'text' };
    const answered = await call(server, 'POST', `/sessions/${id}/audio/process-with-response`, asked);
    expect(answered.body).toMatchObject({ response: { kind: 'talk', text: 'A wall of one colour.' } });
    expect(await sharp(theOneShown()).metadata()).toMatchObject({ format: 'jpeg', width: 768 });
    expect(await colourOf(theOneShown())).toBe('blue');
    await server.closeSession(id);
  }, 30_000);

  it('is kept and sent only while the setting is on', async () => {
    const id = await create({ voice_chat_config: { response_type: 'text' } });
    const session = server.server.app.get(SessionsService).peek(id);
    const kept = () => (session ? server.server.app.get(LastFrames).of(session) : null);
    const set = (enable_frame_context: boolean) =>
      call(server, 'PUT', `/sessions/${id}/voice-settings`, { ...ON, enable_frame_context });
    await show(id, 'streamDirectVideo', RED);
    await set(true);
    expect(kept()).toBeNull();
    await ask(id);
    await show(id, 'streamDirectVideo', BLUE);
    expect(kept()).not.toBeNull();
    await set(false);
    await ask(id);
    await set(true);
    await ask(id);
    expect(shown()).toEqual([null, null, null]);

    await show(id, 'streamDirectVideo', BLUE);
    await server.closeSession(id);
    expect(kept()).toBeNull();
  });

  it('does not go to a model that takes no pictures, and each of a chain gets what it takes', async () => {
    const id = await create({ model_provider: { reply: [BLIND, SEES] } });
    await show(id, 'streamDirectVideo', RED);
    expect(await ask(id)).toMatchObject({ source: BLIND });
    expect(shown()).toEqual([null]);
    await server.closeSession(id);
  });

  it.each([400, 500])('is left out within the same turn where the model answers it with %d', async (status) => {
    models.pictureConduct = status;
    const id = await create();
    await show(id, 'streamDirectVideo', RED);
    expect(await ask(id)).toMatchObject({ kind: 'talk', source: SEES, text: 'A wall of one colour.' });
    expect(shown()).toEqual([expect.any(Buffer), null]);
    await server.closeSession(id);
  });

  it('is told of by the providers: which models take it', async () => {
    const { body } = await call<{ items: unknown[] }>(server, 'GET', '/providers');
    expect(body.items).toContainEqual(expect.objectContaining({ id: 'compatible', picture_models: ['eye'] }));
  });
});
