import { beforeEach, describe, expect, it } from '@jest/globals';

import type { StreamHttp, StreamRequest } from '@jiga/streams';

import { InnertubeFinder } from './innertube.finder.js';

const ID = 'dQw4w9WgXcQ';
const MASTER = 'https://manifest.googlevideo.com/api/manifest/hls_variant/expire/1767225600/ei/x/file/index.m3u8';
const VIDEO = { videoId: ID, title: 't', isLive: true, isLiveContent: true, thumbnail: { thumbnails: [] } };
const LIVE = {
  playabilityStatus: { status: 'OK' },
  streamingData: { expiresInSeconds: '21540', hlsManifestUrl: MASTER, adaptiveFormats: [] },
  videoDetails: VIDEO,
};
const refused = (status: string, reason: string, videoDetails: object = { ...VIDEO, isLive: false }) => ({
  playabilityStatus: { status, reason },
  videoDetails,
});

/** YouTube's interface on no network at all: the library's own requests, answered by path. */
class FakeYoutube implements StreamHttp {
  readonly requests: StreamRequest[] = [];
  player: object = LIVE;
  resolved: object = {};
  status = 200;

  fetch(request: StreamRequest, signal: AbortSignal) {
    signal.throwIfAborted();
    this.requests.push(request);
    const path = new URL(request.url).pathname;
    const body = path.endsWith('/player') ? this.player : path.endsWith('/resolve_url') ? this.resolved : {};
    const headers = { 'content-type': 'application/json' };
    return Promise.resolve({ status: this.status, headers, body: Buffer.from(JSON.stringify(body)), url: request.url });
  }

  /** Clients that the player was asked as. */
  get clients(): string[] {
    return this.requests
      .filter(({ url }) => new URL(url).pathname.endsWith('/player'))
      .map(
        ({ body }) =>
          (JSON.parse(body ?? '{}') as { context: { client: { clientName: string } } }).context.client.clientName,
      );
  }
}

describe('InnertubeFinder', () => {
  let youtube: FakeYoutube;
  const signal = new AbortController().signal;
  const find = (target = { kind: 'video', videoId: ID } as const) =>
    new InnertubeFinder(youtube, 'VISIONOS').find(target, signal);
  const findChannel = () =>
    new InnertubeFinder(youtube, 'ANDROID').find({ kind: 'channel', path: '/@some_channel' }, signal);

  beforeEach(() => void (youtube = new FakeYoutube()));

  it('finds a live video, as the client that it was told to be, and nothing else is fetched', async () => {
    expect(await find()).toEqual({ videoId: ID, isLive: true, masterUrl: MASTER, headers: {}, expiresAt: 1767225600 });
    expect(youtube.clients).toEqual(['VISIONOS']);
    expect(youtube.requests).toHaveLength(1);
    expect(youtube.requests[0]?.hosts.named).toEqual([]);
  });

  it('finds what a channel shows now', async () => {
    youtube.resolved = {
      endpoint: {
        commandMetadata: { webCommandMetadata: { url: `/watch?v=${ID}`, webPageType: 'WEB_PAGE_TYPE_WATCH' } },
        watchEndpoint: { videoId: ID },
      },
    };
    expect(await findChannel()).toMatchObject({ videoId: ID, isLive: true });
    expect(youtube.requests[0]?.body).toContain('https://www.youtube.com/@some_channel/live');
    expect(youtube.clients).toEqual(['ANDROID']);
  });

  it.each([
    ['shows nothing', { endpoint: { browseEndpoint: { browseId: 'UCx' } } }, 'offline'],
    ['is not there', {}, 'upstream'],
  ])('tells a channel that %s', async (_name, resolved, code) => {
    youtube.resolved = resolved;
    await expect(findChannel()).rejects.toMatchObject({ code });
  });

  it.each([
    ['a bot check', refused('LOGIN_REQUIRED', 'Sign in to confirm you’re not a bot'), 'bot_check'],
    [
      'a private video',
      refused('LOGIN_REQUIRED', 'This is a private video. Please sign in to verify that you may see it.'),
      'private',
    ],
    ['an age check', refused('LOGIN_REQUIRED', 'Sign in to confirm your age'), 'forbidden'],
    [
      'a video for members',
      refused('UNPLAYABLE', 'Join this channel to get access to members-only content'),
      'subscriber_only',
    ],
    [
      'a video blocked here',
      refused('UNPLAYABLE', 'The uploader has not made this video available in your country'),
      'geo_blocked',
    ],
    [
      'one that will begin',
      refused('LIVE_STREAM_OFFLINE', 'This live event will begin in 2 hours.', {
        ...VIDEO,
        isLive: false,
        isUpcoming: true,
      }),
      'upcoming',
    ],
    ['one whose host is away', refused('LIVE_STREAM_OFFLINE', 'The streamer is offline.'), 'offline'],
    ['one that is over', refused('UNPLAYABLE', 'This live stream recording is not available.'), 'ended'],
    ['one that is gone', refused('ERROR', 'Video unavailable'), 'not_found'],
    ['a status of tomorrow', refused('BRAND_NEW', ''), 'upstream'],
    ['a recording of a broadcast', { ...LIVE, videoDetails: { ...VIDEO, isLive: false } }, 'ended'],
    [
      'a video that never was live',
      { ...LIVE, streamingData: {}, videoDetails: { ...VIDEO, isLive: false, isLiveContent: false } },
      'unsupported',
    ],
    ['a broadcast that this client is not shown', { ...LIVE, streamingData: {} }, 'upstream'],
    ['an empty answer', {}, 'upstream'],
  ])('tells %s', async (_name, player, code) => {
    youtube.player = player;
    await expect(find()).rejects.toMatchObject({ name: 'StreamError', code });
  });

  it('tells a service that fails', async () => {
    youtube.status = 503;
    await expect(find()).rejects.toMatchObject({ code: 'upstream' });
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    abort.abort(new Error('closed'));
    const finding = new InnertubeFinder(youtube, 'VISIONOS').find({ kind: 'video', videoId: ID }, abort.signal);
    await expect(finding).rejects.toThrow('closed');
  });
});
