import { writeFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { SelfConnections } from '@jiga/contracts';
import { FakeAnalyzer, FakeModelServer, FakeTwitchServer, makeMedia, SAMPLE_CLIP, tempDir } from '@jiga/testing';

import { call } from '../support/call.js';
import { TestServer } from '../support/start-test-server.js';

interface Event {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const SAID = 'what a shot, he needs backup';
const SEGMENT_S = 1;
const SECONDS = 5;
const CHANNEL = 'talks_a_lot';

describe('the sound of a stream', () => {
  const analyzer = new FakeAnalyzer();
  const upgraded: { readonly path: string; readonly socket: Duplex }[] = [];
  let models: FakeModelServer;
  let twitch: FakeTwitchServer;
  let files: Awaited<ReturnType<typeof tempDir>>;
  let server: TestServer;

  beforeAll(async () => {
    const sound = 'test/fixtures/audio/human/goforward.wav';
    const sized = { width: 320, height: 180, seconds: SECONDS, segmentS: SEGMENT_S };
    const { segments } = await makeMedia({ clip: SAMPLE_CLIP, ...sized, sound });
    const media = (_rung: string, n: number): Buffer => segments[n % segments.length] ?? Buffer.alloc(0);
    twitch = await FakeTwitchServer.listen({ nowMs: () => Date.now(), media });
    files = await tempDir();
    await writeFile(join(files.path, 'loud.ts'), Buffer.concat([...segments, ...segments]));
    models = await FakeModelServer.listen();
    models.saying = { ...models.saying, text: SAID };
    server = await TestServer.start({
      analyzer,
      environment: {
        ...twitch.environment,
        JIGA_STREAM_FILES_DIR: files.path,
        JIGA_COMPATIBLE_URL: models.url,
        JIGA_TRANSCRIPTION_MODELS: 'compatible:ear',
        JIGA_REPLY_MODELS: 'compatible:talk',
      },
    });
    server.server.app.getHttpServer().on('upgrade', ({ url }: { url: string }, socket: Duplex) => {
      upgraded.push({ path: url, socket });
    });
    const channel = twitch.twitch.channel(CHANNEL).goLive();
    channel.segmentS = SEGMENT_S;
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await Promise.all([models.close(), twitch.close(), files.remove()]);
  });

  const listen = (video_input_source: string, video_source_config: object, more: object = {}): Promise<string> =>
    server.createSession({
      video_input_source,
      video_source_config,
      voice_chat_enabled: true,
      auto_connect_audio: true,
      voice_chat_config: { silence_timeout: 0.4 },
      ...more,
    });
  const voiceEvents = async (id: string): Promise<Event[]> => {
    const types = 'transcript,voice_response,team_message';
    return (await call<{ items: Event[] }>(server, 'GET', `/sessions/${id}/events?limit=500&types=${types}`)).body
      .items;
  };
  const audioConnection = async (id: string): Promise<SelfConnections['audio']> =>
    (await call<{ auto_connect: SelfConnections }>(server, 'GET', `/sessions/${id}/status`)).body.auto_connect.audio;
  const until = async (what: () => Promise<boolean>, withinMs: number): Promise<void> => {
    for (const deadline = performance.now() + withinMs; !(await what());) {
      if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what.toString()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it.each([
    ['twitch', () => ({ channel_name: CHANNEL })],
    ['stream_url', () => ({ url: pathToFileURL(join(files.path, 'loud.ts')).href })],
  ])(
    'of %s is written down on the timeline, and never answered',
    async (source, config) => {
      const id = await listen(source, config());
      await until(async () => (await voiceEvents(id)).length >= 1, 20_000);
      const [event] = await voiceEvents(id);
      expect(event).toMatchObject({ type: 'transcript', data: { role: 'stream', text: SAID } });
      expect(await audioConnection(id)).toMatchObject({ state: 'connected', reconnects: 0 });
      expect(analyzer.of(id).frames.length).toBeGreaterThan(0);
      const types = new Set((await voiceEvents(id)).map(({ type }) => type));
      expect(types).toEqual(new Set(['transcript']));
      expect(models.received.filter(({ path }) => path.endsWith('/chat/completions'))).toEqual([]);
      await server.closeSession(id);
      expect(await audioConnection(id)).toMatchObject({ state: 'off' });
    },
    40_000,
  );

  it('goes on when the own audio socket is killed, within three seconds', async () => {
    const id = await listen('twitch', { channel_name: CHANNEL });
    await until(async () => (await voiceEvents(id)).length >= 1, 20_000);
    upgraded.filter(({ path }) => path.includes(`${id}/audio`)).forEach(({ socket }) => socket.destroy());
    await until(async () => {
      const { state, reconnects } = await audioConnection(id);
      return state === 'connected' && reconnects === 1;
    }, 3_000);
    const before = (await voiceEvents(id)).length;
    await until(async () => (await voiceEvents(id)).length > before, 20_000);
    await server.closeSession(id);
  }, 60_000);

  it('has no socket of its own without voice chat', async () => {
    const id = await server.createSession({
      video_input_source: 'twitch',
      video_source_config: { channel_name: CHANNEL },
    });
    await until(() => Promise.resolve(analyzer.of(id).frames.length >= 3), 20_000);
    expect(await audioConnection(id)).toMatchObject({ state: 'off' });
    await server.closeSession(id);
  }, 30_000);
});
