import { gzipSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import { StreamError } from '@jiga/streams';
import { deferred, fakeSegment } from '@jiga/testing';

import { eachStreamRig } from '../../../test/support/each-stream-rig.js';
import type { StreamRig } from '../../../test/support/stream-rig.js';

let rig: StreamRig;
eachStreamRig((made) => (rig = made));

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n);
const numberOf = (url: URL): number => Number(/-(\d+)\.\w+$/.exec(url.pathname)?.[1]);
const isRising = (): boolean => {
  const times = rig.frames.map(({ capturedAt }) => capturedAt);
  return times.every((time, n) => n === 0 || time > (times[n - 1] ?? 0));
};

describe('a broadcast whose address expires', () => {
  it('in an advertisement break is found again, and goes on with its first content', async () => {
    rig.channel.adBreaks = [[31, 38]];
    await rig.play(8);
    expect(rig.states.at(-1)).toBe('ad_break');
    const tokens = rig.twitch.count('token');
    rig.twitch.overrides.playlist = () => (rig.twitch.count('token') === tokens ? { status: 403 } : null);
    await rig.run(4);
    expect(rig.states.slice(-2)).toEqual(['reconnecting', 'ad_break']);
    await rig.run(14);
    expect(rig.states.at(-1)).toBe('live');
    expect(rig.decoders.numbers.filter((n) => n >= 31 && n <= 38)).toEqual([]);
    expect(rig.decoders.numbers.filter((n) => n > 38)).toEqual(range(39, rig.decoders.numbers.at(-1) ?? 0));
    expect(rig.twitch.count('token')).toBe(2);
  });

  it('in the addresses of its segments is found again after the third', async () => {
    await rig.play(6);
    const tokens = rig.twitch.count('token');
    rig.twitch.overrides.segment = () => (rig.twitch.count('token') === tokens ? { status: 403 } : null);
    await rig.run(8);
    expect(rig.twitch.count('token')).toBe(2);
    expect(rig.states.at(-1)).toBe('live');
    expect(isRising()).toBe(true);
  });
});

describe('a server that stumbles', () => {
  it.each([404, 500, 502, 503, 429])('with %d once at a segment gives it the next time', async (status) => {
    let failures = 1;
    rig.twitch.overrides.segment = ({ url }) => (numberOf(url) === 30 && failures-- > 0 ? { status } : null);
    const manager = await rig.play(8);
    expect(rig.decoders.numbers).toEqual([29, 30, 31, 32, 33]);
    expect(manager.health().segments.skipped).toBe(0);
  });

  it('with bursts of 5xx everywhere is come back to, and the count of frames goes on', async () => {
    await rig.play(6);
    const before = rig.frames.at(-1)?.sequence ?? 0;
    const untilMs = rig.clock.nowMs() + 40_000;
    const fail = () => (rig.clock.nowMs() < untilMs ? { status: 503 } : null);
    rig.twitch.overrides = { token: fail, usher: fail, playlist: fail, segment: fail };
    await rig.run(39);
    expect(rig.states.at(-1)).toBe('reconnecting');
    expect(rig.twitch.count('token')).toBeLessThan(8);
    await rig.run(30);
    expect(rig.states.at(-1)).toBe('live');
    expect(rig.frames.at(-1)?.sequence).toBeGreaterThan(before);
    expect(isRising()).toBe(true);
  });

  it('by compressing what it was not asked to compress is understood', async () => {
    const headers = { 'content-encoding': 'gzip' };
    rig.channel.editPlaylist = (text) => text;
    rig.twitch.overrides.segment = ({ url }) => ({ status: 200, body: gzipSync(fakeSegment(numberOf(url))), headers });
    await rig.play(8);
    expect(rig.decoders.numbers).toEqual([29, 30, 31, 32, 33]);
  });

  it('by moving a segment to another of its hosts is followed', async () => {
    rig.twitch.overrides.segment = ({ url }) =>
      url.hostname.startsWith('d1.')
        ? { status: 302, headers: { location: url.href.replace('//d1.', '//d2.') } }
        : null;
    await rig.play(8);
    expect(rig.decoders.numbers).toEqual([29, 30, 31, 32, 33]);
  });

  it('with a playlist that is empty for a moment loses nothing', async () => {
    await rig.play(6);
    let left = 2;
    rig.channel.editPlaylist = (text) => (left-- > 0 ? '#EXTM3U\n#EXT-X-TARGETDURATION:5\n' : text);
    await rig.run(8);
    expect(rig.states).toEqual(['connecting', 'live']);
    expect(rig.decoders.numbers).toEqual(range(29, rig.decoders.numbers.at(-1) ?? 0));
  });

  it('with a playlist that stays empty has a broadcast that does not begin', async () => {
    rig.channel.editPlaylist = () => '#EXTM3U\n#EXT-X-TARGETDURATION:5\n';
    await rig.play(300);
    expect(rig.states.at(-1)).toBe('failed');
    expect(rig.lastError()).toBe('offline');
  });
});

describe('segments that are odd', () => {
  it('by their length are neither taken for a stall nor dropped from', async () => {
    rig.channel.segmentS = 20;
    rig.channel.goLive(100);
    const manager = await rig.play(100);
    expect(rig.states).toEqual(['connecting', 'live']);
    expect(manager.health()).toMatchObject({ stalls: 0, reconnects: 0, framesDropped: 0 });
    expect(rig.decoders.numbers.length).toBeGreaterThanOrEqual(4);
    expect(isRising()).toBe(true);
    const handed = rig.frames.map(({ sequence }) => sequence);
    expect(handed).toEqual(range(1, handed.length));
  });

  it('by numbers that leap are not looked at twice, and nothing is made up that was missed', async () => {
    await rig.play(6);
    rig.channel.sequenceOffset = 1_000_000;
    await rig.run(6);
    expect(rig.managers[0]?.health().segments.skipped).toBe(0);
    expect(rig.decoders.numbers).toEqual(range(29, rig.decoders.numbers.at(-1) ?? 0));
    expect(rig.decoders.numbers.length).toBeGreaterThan(5);
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('by a discontinuity and another size go on, told once', async () => {
    rig.channel.editSegment = (segment) => {
      if (segment.n === 31) segment.before = ['#EXT-X-DISCONTINUITY'];
    };
    rig.decoders.before = ({ startsAt }) => {
      const isLater = startsAt * 1000 >= (rig.channel.startedMs ?? 0) + 31 * 2000;
      rig.decoders.sourceSize = isLater ? { width: 1920, height: 1080 } : { width: 640, height: 360 };
    };
    await rig.play(10);
    expect(rig.noticed('resolution_changed')).toEqual([{ type: 'resolution_changed', width: 1920, height: 1080 }]);
    expect(rig.decoders.numbers).toEqual([29, 30, 31, 32, 33, 34]);
    expect(isRising()).toBe(true);
  });

  it('by parts and hints of low latency are read whole and once', async () => {
    rig.channel.editSegment = (segment) => {
      segment.before.push('#EXT-X-PART:DURATION=0.5,URI="part.ts"', '#EXT-X-RENDITION-REPORT:URI="x"');
    };
    rig.channel.editPlaylist = (text) =>
      `${text}#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part.ts"\n#EXT-X-TWITCH-PREFETCH:next.ts\n`;
    await rig.play(8);
    expect(rig.decoders.numbers).toEqual([29, 30, 31, 32, 33]);
    expect(rig.twitch.requests.filter(({ url }) => /part|next/.test(url))).toEqual([]);
  });
});

describe('a decoder that fails', () => {
  it.each([
    ['hangs', () => deferred<void>().promise],
    [
      'crashes',
      () => {
        throw new StreamError('decoder_failed');
      },
    ],
  ])('because it %s leaves the other streams alone', async (_how, fail) => {
    rig.channel.goLive(60);
    rig.twitch.channel('unlucky').goLive(61);
    rig.decoders.before = ({ startsAt }) =>
      (startsAt * 1000 - (rig.channel.startedMs ?? 0)) % 2000 === 0 ? undefined : fail();
    const lucky = await rig.play(0);
    rig.manager({ channelName: 'unlucky' }).start();
    await rig.run(20);
    expect(lucky.health()).toMatchObject({ isLive: true, stalls: 0, framesDropped: 0, segments: { skipped: 0 } });
    expect(rig.decoders.numbers.filter((n) => n >= 29)).toEqual(range(29, rig.decoders.numbers.at(-1) ?? 0));
  });
});
