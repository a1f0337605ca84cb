import { beforeEach, describe, expect, it } from '@jest/globals';

import { StreamError, type StreamErrorCode, type StreamHttp, type StreamRequest } from '@jiga/streams';
import { VirtualClock } from '@jiga/testing';

import type { YoutubeFinder } from './youtube-finder.port.js';
import { YoutubeResolver } from './youtube.resolver.js';

const MASTER = 'https://manifest.googlevideo.com/master.m3u8';
const PLAYLISTS: Readonly<Record<string, string>> = {
  [MASTER]: [
    '#EXTM3U',
    '#EXT-X-STREAM-INF:BANDWIDTH=1400000,CODECS="avc1.4D401F,mp4a.40.2",RESOLUTION=854x480,FRAME-RATE=30',
    'https://r1.googlevideo.com/480.m3u8',
    '#EXT-X-STREAM-INF:BANDWIDTH=700000,CODECS="avc1.4D401E,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=30',
    'https://r1.googlevideo.com/360.m3u8',
  ].join('\n'),
  'https://r1.googlevideo.com/360.m3u8': '#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nsegment.ts',
};

class FakeHttp implements StreamHttp {
  readonly requests: StreamRequest[] = [];

  fetch(request: StreamRequest) {
    this.requests.push(request);
    const text = PLAYLISTS[request.url];
    const status = text === undefined ? 403 : 200;
    return Promise.resolve({ status, headers: {}, body: Buffer.from(text ?? ''), url: request.url });
  }
}

/** Answers with a broadcast, or with an error. */
class FakeFinder implements YoutubeFinder {
  asked = 0;

  constructor(
    readonly name: string,
    public answer: StreamErrorCode | 'live' | 'dead_address',
  ) {}

  find() {
    this.asked++;
    const { answer } = this;
    if (answer !== 'live' && answer !== 'dead_address') return Promise.reject(new StreamError(answer));
    const masterUrl = answer === 'live' ? MASTER : 'https://manifest.googlevideo.com/dead.m3u8';
    const headers = { 'user-agent': this.name };
    return Promise.resolve({ videoId: 'dQw4w9WgXcQ', isLive: true, masterUrl, headers, expiresAt: 1_767_225_600 });
  }
}

describe('YoutubeResolver', () => {
  let clock: VirtualClock;
  let http: FakeHttp;
  const signal = new AbortController().signal;
  const resolverOf = (...finders: YoutubeFinder[]): YoutubeResolver =>
    new YoutubeResolver({
      target: { kind: 'video', videoId: 'dQw4w9WgXcQ' },
      finders,
      wish: { quality: 'best', height: 360 },
      http,
      named: ['cdn.local'],
      clock,
    });

  beforeEach(() => {
    clock = new VirtualClock();
    http = new FakeHttp();
  });

  it('leads to the playlist of the rendition that fits, with what its finder needs', async () => {
    expect(await resolverOf(new FakeFinder('a', 'live')).resolve(signal)).toMatchObject({
      kind: 'hls',
      mediaPlaylistUrl: 'https://r1.googlevideo.com/360.m3u8',
      headers: { 'user-agent': 'a' },
      variant: { name: '360p', height: 360, choice: 'fitting' },
      isLive: true,
      broadcastId: 'dQw4w9WgXcQ',
      expiresAt: 1_767_225_600,
    });
    for (const { hosts } of http.requests) {
      expect(hosts).toEqual({ builtIn: ['manifest.googlevideo.com', '.googlevideo.com'], named: ['cdn.local'] });
    }
  });

  it.each(['bot_check', 'upstream', 'forbidden', 'dead_address'] as const)(
    'tries the next way after %s',
    async (code) => {
      const [first, second] = [new FakeFinder('a', code), new FakeFinder('b', 'live')];
      expect(await resolverOf(first, second).resolve(signal)).toMatchObject({ headers: { 'user-agent': 'b' } });
    },
  );

  it.each(['upcoming', 'ended', 'offline', 'private', 'subscriber_only', 'geo_blocked'] as const)(
    'asks nobody else about a broadcast that is %s',
    async (code) => {
      const second = new FakeFinder('b', 'live');
      await expect(resolverOf(new FakeFinder('a', code), second).resolve(signal)).rejects.toMatchObject({ code });
      expect(second.asked).toBe(0);
    },
  );

  it('says what the best way was told, when none works', async () => {
    const finders = [new FakeFinder('a', 'bot_check'), new FakeFinder('b', 'upstream')];
    await expect(resolverOf(...finders).resolve(signal)).rejects.toMatchObject({ code: 'bot_check' });
    const silent = [new FakeFinder('a', 'bot_check'), new FakeFinder('b', 'offline_or_restricted')];
    await expect(resolverOf(...silent).resolve(signal)).rejects.toMatchObject({ code: 'bot_check' });
    const unclear = [new FakeFinder('a', 'upstream'), new FakeFinder('b', 'bot_check')];
    await expect(resolverOf(...unclear).resolve(signal)).rejects.toMatchObject({ code: 'bot_check' });
  });

  it('takes another way when the address that it gave did not last', async () => {
    const finders = [new FakeFinder('a', 'live'), new FakeFinder('b', 'live')];
    const resolver = resolverOf(...finders);
    const next = async (afterMs: number): Promise<string | undefined> => {
      clock.advance(afterMs);
      const resolved = await resolver.resolve(signal);
      return resolved.kind === 'hls' ? resolved.headers['user-agent'] : undefined;
    };
    expect(await next(0)).toBe('a');
    expect(await next(21_000_000)).toBe('a');
    expect(await next(30_000)).toBe('b');
    expect(await next(30_000)).toBe('a');
  });
});
