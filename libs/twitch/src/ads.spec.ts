import { beforeEach, describe, expect, it } from '@jest/globals';

import { eachStreamRig } from '../../../test/support/each-stream-rig.js';
import type { StreamRig } from '../../../test/support/stream-rig.js';

let rig: StreamRig;
eachStreamRig((made) => (rig = made));

/** Numbers of the decoded segments, which must be content without a hole other than the one expected. */
const decoded = (): number[] => rig.decoders.numbers;
const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n);

describe('advertisements', () => {
  it('before the stream: the state says so, no frame comes, nothing is connected anew', async () => {
    rig.channel.goLive(12).adBreaks = [[0, 9]];
    const manager = await rig.play(8);
    expect(rig.states).toEqual(['connecting', 'ad_break']);
    expect(rig.frames).toEqual([]);
    expect(rig.twitch.count('segment')).toBe(0);
    expect(rig.noticed('ad_break_started')).toEqual([{ type: 'ad_break_started', roll: 'preroll', durationS: 20 }]);
    await rig.run(8);
    expect(rig.states).toEqual(['connecting', 'ad_break', 'live']);
    expect(decoded()[0]).toBe(10);
    expect(rig.twitch.count('token')).toBe(1);
    expect(manager.health()).toMatchObject({ adBreaks: 1, stalls: 0, reconnects: 0 });
  });

  it('in the midst of it are not decoded; one start and one end are told', async () => {
    rig.channel.adBreaks = [[32, 34]];
    const manager = await rig.play(20);
    expect(rig.states).toEqual(['connecting', 'live', 'ad_break', 'live']);
    expect(rig.noticed('ad_break_started')).toHaveLength(1);
    expect(rig.noticed('ad_break_ended')).toEqual([{ type: 'ad_break_ended', durationS: 6 }]);
    expect(decoded().slice(0, 7)).toEqual([29, 30, 31, 35, 36, 37, 38]);
    expect(manager.health()).toMatchObject({ adSeconds: 6, adBreaks: 1, segments: { skipped: 0 } });
  });

  it.each([
    ['by their range alone', 'live', true],
    ['by a numeric title', '1234567890', true],
    ['by an FT title', 'FT|8812', true],
    ['by the title of Amazon alone', 'Amazon|99', false],
  ])('are known %s', async (_name, title, hasAdRanges) => {
    rig.channel.adBreaks = [[32, 34]];
    rig.channel.hasAdRanges = hasAdRanges;
    rig.channel.editSegment = (segment) => {
      if (segment.isAd) segment.title = title;
    };
    await rig.play(20);
    expect(decoded().slice(0, 7)).toEqual([29, 30, 31, 35, 36, 37, 38]);
  });

  it('are over when content comes, though their range is still listed', async () => {
    rig.channel.adBreaks = [[20, 28]];
    await rig.play(6);
    expect(rig.states).toEqual(['connecting', 'live']);
    expect(decoded()).toEqual([29, 30, 31, 32]);
  });

  it('that are only announced leave the content before them alone', async () => {
    rig.channel.head = [
      `#EXT-X-DATERANGE:ID="stitched-ad-9",CLASS="twitch-stitched-ad",START-DATE="${new Date(rig.clock.nowMs() + 60_000).toISOString()}",DURATION=30`,
    ];
    await rig.play(6);
    expect(rig.states).toEqual(['connecting', 'live']);
    expect(decoded()).toEqual([29, 30, 31, 32]);
  });

  it.each(['twitch-trigger', 'twitch-assignment', 'twitch-maf-ad', 'twitch-ad-quartile', 'twitch-session'])(
    'are not meant by a range of class %s',
    async (className) => {
      rig.channel.head = [
        `#EXT-X-DATERANGE:ID="x",CLASS="${className}",START-DATE="${new Date(rig.clock.nowMs() - 60_000).toISOString()}",DURATION=600`,
      ];
      await rig.play(6);
      expect(rig.states).toEqual(['connecting', 'live']);
      expect(decoded()).toEqual([29, 30, 31, 32]);
    },
  );

  it('are not meant by a title that is empty', async () => {
    rig.channel.adBreaks = [[20, 28]];
    rig.channel.editSegment = (segment) => {
      if (!segment.isAd) segment.title = '';
    };
    await rig.play(6);
    expect(decoded()).toEqual([29, 30, 31, 32]);
  });
});

describe('the edge of a stream', () => {
  it('is not disturbed by a discontinuity between two segments of content', async () => {
    rig.channel.editSegment = (segment) => {
      if (segment.n === 31) segment.before = ['#EXT-X-DISCONTINUITY'];
    };
    await rig.play(8);
    expect(decoded()).toEqual([29, 30, 31, 32, 33]);
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('is not read ahead of: prefetch lines are left alone', async () => {
    rig.channel.editPlaylist = (text) =>
      `${text}#EXT-X-TWITCH-PREFETCH:https://d1.j.cloudfront.hls.ttvnw.net/v1/segment/somebody/360p/40000000001-99.ts\n`;
    await rig.play(8);
    expect(rig.twitch.requests.filter(({ url }) => url.includes('-99.ts'))).toEqual([]);
    expect(decoded()).toEqual([29, 30, 31, 32, 33]);
  });

  it('is skipped to when segments are missing, and how many is told', async () => {
    await rig.play(4);
    rig.channel.startedMs = (rig.channel.startedMs ?? 0) - 20_000;
    const manager = rig.managers[0];
    await rig.run(4);
    const skipped = rig.noticed('segments_skipped').reduce((sum, { count }) => sum + count, 0);
    expect(skipped).toBeGreaterThanOrEqual(8);
    expect(manager?.health().segments.skipped).toBe(skipped);
    expect(decoded().length).toBeLessThan(8);
    expect(new Set(decoded()).size).toBe(decoded().length);
  });

  it('goes on when the numbers begin anew; nothing is decoded twice', async () => {
    await rig.play(6);
    rig.channel.sequenceOffset = -20;
    await rig.run(8);
    expect(decoded()).toEqual(range(29, decoded().at(-1) ?? 0));
    expect(decoded().length).toBeGreaterThan(6);
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('has times that are estimated when the playlist has none, and says so', async () => {
    rig.channel.editSegment = (segment) => {
      segment.time = null;
    };
    const manager = await rig.play(13);
    expect(manager.health().clock).toBe('estimated');
    const times = rig.frames.map(({ capturedAt }) => capturedAt);
    expect(times.length).toBeGreaterThan(20);
    for (const [n, time] of times.slice(1).entries()) expect(time - (times[n] ?? 0)).toBeCloseTo(0.5, 2);
  });

  it('has a latency by the clock of the server when ours is wrong by an hour', async () => {
    rig.serverAheadMs = 3_600_000;
    rig.channel.goLive();
    const manager = await rig.play(10);
    expect(manager.health().latencyS).toBeGreaterThan(1);
    expect(manager.health().latencyS).toBeLessThan(6);
  });

  it('keeps a clock that rises when the broadcaster sets his back', async () => {
    await rig.play(6);
    rig.channel.editSegment = (segment) => {
      segment.time = new Date(segment.startsAtMs - 5_000_000).toISOString();
    };
    await rig.run(8);
    const times = rig.frames.map(({ capturedAt }) => capturedAt);
    expect(times.length).toBeGreaterThan(20);
    for (const [n, time] of times.slice(1).entries()) expect(time).toBeGreaterThan(times[n] ?? 0);
  });

  it('tells that the size of the picture has changed; the frames keep theirs', async () => {
    await rig.play(5);
    rig.decoders.sourceSize = { width: 1280, height: 720 };
    await rig.run(3);
    expect(rig.noticed('resolution_changed')).toEqual([{ type: 'resolution_changed', width: 1280, height: 720 }]);
    expect(new Set(rig.frames.map(({ width, height }) => `${width}x${height}`))).toEqual(new Set(['640x360']));
  });
});

describe('fragmented MP4', () => {
  beforeEach(() => {
    rig.channel.extension = 'mp4';
    const map = (name: string): string => `#EXT-X-MAP:URI="https://d1.j.cloudfront.hls.ttvnw.net/v1/map/${name}.mp4"`;
    rig.channel.editPlaylist = (text) => text.replace('#EXTM3U\n', `#EXTM3U\n${map('one')}\n`);
    rig.channel.editSegment = (segment) => {
      if (segment.n === 31) segment.before = ['#EXT-X-DISCONTINUITY', map('two')];
    };
    rig.twitch.overrides.map = ({ url }) => ({ status: 200, body: `MAP ${url.pathname}` });
  });

  it('is decoded with its initialization, fetched once, and with the new one after a discontinuity', async () => {
    await rig.play(8);
    expect(rig.decoders.segments.map(({ init }) => init)).toEqual([
      'MAP /v1/map/one.mp4',
      'MAP /v1/map/one.mp4',
      'MAP /v1/map/two.mp4',
      'MAP /v1/map/two.mp4',
      'MAP /v1/map/two.mp4',
    ]);
    expect(rig.twitch.count('map')).toBe(2);
  });

  it('is skipped where its initialization cannot be had', async () => {
    rig.twitch.overrides.map = ({ url }) =>
      url.pathname.includes('two') ? { status: 404 } : { status: 200, body: 'MAP' };
    const manager = await rig.play(7);
    expect(decoded()).toEqual([29, 30]);
    expect(manager.health().segments.skipped).toBeGreaterThan(0);
  });
});

it('an encrypted stream is refused for good', async () => {
  rig.channel.head = ['#EXT-X-KEY:METHOD=AES-128,URI="https://k.ttvnw.net/key"'];
  await rig.play(10);
  expect(rig.states.at(-1)).toBe('failed');
  expect(rig.lastError()).toBe('unsupported_encryption');
  expect(rig.twitch.count('token')).toBe(1);
});
