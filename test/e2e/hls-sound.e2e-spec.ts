import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { SourceHealth } from '@jiga/contracts';
import {
  FakeAnalyzer,
  FakeModelServer,
  makeMedia,
  makeSound,
  SAMPLE_CLIP,
  SocketClient,
  until,
  type StreamMedia,
} from '@jiga/testing';

import { call } from '../support/call.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

const SAID = 'go forward ten meters';
const SECONDS = 4;
const SEGMENT = /^(pictures|sound)\d+$/;
const SPOKEN = 'test/fixtures/audio/human/goforward.wav';

/** HLS whose sound is a rendition of its own: a recording, or the same live, over and over. */
class FakeHls {
  readonly asked: string[] = [];
  soundUri = 'sound.m3u8';
  isLive = false;

  private constructor(
    private readonly server: Server,
    private readonly pictures: StreamMedia,
    private readonly sound: StreamMedia,
  ) {
    server.on('request', ({ url = '' }, reply) => {
      const name = url.slice(1);
      this.asked.push(name);
      const body = this.#bodyOf(name);
      reply.writeHead(body === null ? 404 : 200).end(body ?? '');
    });
  }

  static async listen(pictures: StreamMedia, sound: StreamMedia): Promise<FakeHls> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeHls(server, pictures, sound);
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get askedForSound(): string[] {
    return this.asked.filter((name) => name.startsWith('sound'));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #bodyOf(name: string): string | Buffer | null {
    if (name === 'master.m3u8') return this.#master();
    if (name === 'pictures.m3u8') return this.#playlist('pictures', this.pictures);
    if (name === 'sound.m3u8') return this.#playlist('sound', this.sound);
    const [, of, n] = /^(pictures|sound)(\d+|init)$/.exec(name) ?? [];
    const media = of === 'sound' ? this.sound : this.pictures;
    return (n === 'init' ? media.init : media.segments[Number(n) % SECONDS]) ?? null;
  }

  #playlist(name: string, media: StreamMedia): string {
    const edge = Math.floor(Date.now() / 1000);
    return this.isLive
      ? playlist(name, media, [edge - 2, edge - 1, edge])
      : playlist(name, media, [...media.segments.keys()].slice(0, SECONDS)) + '#EXT-X-ENDLIST\n';
  }

  #master(): string {
    const other = 'TYPE=AUDIO,GROUP-ID="talk",NAME="Other",AUTOSELECT=YES,URI="other.m3u8"';
    const own = `TYPE=AUDIO,GROUP-ID="talk",NAME="Main",DEFAULT=YES,AUTOSELECT=YES,URI="${this.soundUri}"`;
    const rung = 'BANDWIDTH=700000,CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=320x180,AUDIO="talk"';
    return `#EXTM3U\n#EXT-X-MEDIA:${other}\n#EXT-X-MEDIA:${own}\n#EXT-X-STREAM-INF:${rung}\npictures.m3u8\n`;
  }
}

/** @param numbers of the segments, a second each */
function playlist(name: string, { init }: StreamMedia, numbers: readonly number[]): string {
  const map = init ? `#EXT-X-MAP:URI="${name}init"\n` : '';
  const listed = numbers.map((n) => `#EXTINF:1,\n${name}${n}`).join('\n');
  return `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:${numbers[0]}\n${map}${listed}\n`;
}

describe('HLS whose sound is a rendition of its own', () => {
  const analyzer = new FakeAnalyzer();
  let models: FakeModelServer;
  let hls: FakeHls;
  let server: TestServer;

  beforeAll(async () => {
    const sized = { width: 320, height: 180, seconds: SECONDS, segmentS: 1 };
    const pictures = await makeMedia({ clip: SAMPLE_CLIP, ...sized });
    const sound = await makeSound({ sound: SPOKEN, seconds: SECONDS, segmentS: 1, container: 'fmp4' });
    hls = await FakeHls.listen(pictures, sound);
    models = await FakeModelServer.listen();
    models.saying = { ...models.saying, text: SAID };
    server = await TestServer.start({
      analyzer,
      environment: {
        JIGA_STREAM_ALLOWED_HOSTS: hls.host,
        JIGA_COMPATIBLE_URL: models.url,
        JIGA_TRANSCRIPTION_MODELS: 'compatible:ear',
      },
    });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await Promise.all([models.close(), hls.close()]);
  });
  beforeEach(() => {
    hls.asked.length = 0;
    hls.soundUri = 'sound.m3u8';
    hls.isLive = false;
  });

  const watch = (more: object = {}): Promise<string> =>
    server.createSession({
      video_input_source: 'stream_url',
      video_source_config: { url: `http://${hls.host}/master.m3u8` },
      ...more,
    });
  const LISTENING = {
    voice_chat_enabled: true,
    auto_connect_audio: true,
    voice_chat_config: { silence_timeout: 0.4 },
  };
  const framesOf = (id: string): number => analyzer.of(id).frames.length;
  const transcripts = async (id: string): Promise<object[]> =>
    (await call<{ items: object[] }>(server, 'GET', `/sessions/${id}/events?types=transcript`)).body.items;
  const ended = async (id: string): Promise<void> => {
    for (const deadline = performance.now() + 20_000; ;) {
      const { body } = await call<{ state: string }>(server, 'GET', `/sessions/${id}`);
      if (body.state === 'closed') return;
      if (performance.now() > deadline) throw new Error(`still ${body.state}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('is heard where the session listens, in step with what is seen', async () => {
    const id = await watch(LISTENING);
    await ended(id);
    expect(await transcripts(id)).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ role: 'stream', text: SAID, accepted: true }) }),
    );
    expect(framesOf(id)).toBeGreaterThan(SECONDS);
    expect(hls.asked).not.toContain('other.m3u8');
    const segments = hls.asked.filter((name) => SEGMENT.test(name));
    for (const [at, name] of segments.entries()) {
      const n = Number(/^sound(\d+)$/.exec(name)?.[1] ?? 0);
      if (n > 0) expect(segments.slice(0, at)).toContain(`pictures${n - 1}`);
    }
    expect(hls.askedForSound.filter((name) => SEGMENT.test(name))).toHaveLength(SECONDS);
  }, 40_000);

  it('is heard live as well, at the edge', async () => {
    hls.isLive = true;
    const beganMs = Date.now();
    const id = await watch(LISTENING);
    const events = `${server.socketOrigin}/sessions/${id}/events/stream`;
    const client = await SocketClient.connect(events, { token: ADMIN_KEY });
    await client.waitFor((message) => JSON.stringify(message).includes(SAID), 30_000);
    expect(framesOf(id)).toBeGreaterThan(0);
    const numbers = hls.askedForSound.filter((name) => SEGMENT.test(name)).map((name) => Number(name.slice(5)));
    // Each once, in order, none of the two before the one that was newest.
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(numbers[0]).toBeGreaterThanOrEqual(Math.floor(beganMs / 1000));
    await client.close();
    await server.closeSession(id);
  }, 60_000);

  it('is not fetched where the session does not listen', async () => {
    const id = await watch();
    await until(() => framesOf(id) > 3, 'frames', 20_000);
    await ended(id);
    expect(hls.askedForSound).toEqual([]);
  }, 40_000);

  it.each([
    ['on a host that is not allowed', 'http://127.0.0.2:1/sound.m3u8', 'blocked_url'],
    ['that is no playlist', 'pictures0', 'playlist_invalid'],
  ])(
    '%s leaves the pictures alone, and health says why',
    async (_name, soundUri, cause) => {
      hls.soundUri = soundUri;
      const id = await watch(LISTENING);
      await until(() => framesOf(id) > 3, 'frames', 20_000);
      const { body } = await call<{ source: SourceHealth }>(server, 'GET', `/sessions/${id}/status`);
      expect(body.source.last_error).toMatchObject({ cause });
      expect(await transcripts(id)).toEqual([]);
      await server.closeSession(id);
    },
    40_000,
  );
});
