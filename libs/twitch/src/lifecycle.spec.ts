import { gzipSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import { StreamError } from '@jiga/streams';

import { eachStreamRig } from '../../../test/support/each-stream-rig.js';
import type { StreamRig } from '../../../test/support/stream-rig.js';

let rig: StreamRig;
eachStreamRig((made) => (rig = made));

describe('a playlist that fails', () => {
  it('by standing still is noticed within five seconds and left after fifteen', async () => {
    await rig.play(6);
    rig.channel.frozenAt = rig.channel.edge + 1;
    await rig.run(6);
    expect(rig.states).toEqual(['connecting', 'live', 'stalled']);
    expect(rig.twitch.count('token')).toBe(1);
    await rig.run(10);
    expect(rig.states.at(-1)).toBe('reconnecting');
    expect(rig.lastError()).toBe('stalled');
    rig.channel.frozenAt = Infinity;
    await rig.run(10);
    expect(rig.states.at(-1)).toBe('live');
    expect(rig.managers[0]?.health()).toMatchObject({ stalls: 1, reconnects: 1 });
  });

  it('by standing still is given three of its target durations', async () => {
    rig.channel.targetDurationS = 10;
    await rig.play(6);
    rig.channel.frozenAt = rig.channel.edge + 1;
    await rig.run(28);
    expect(rig.states).toEqual(['connecting', 'live', 'stalled']);
    await rig.run(3);
    expect(rig.states.at(-1)).toBe('reconnecting');
  });

  it('by standing still for a moment goes on where it was', async () => {
    await rig.play(6);
    rig.channel.frozenAt = rig.channel.edge + 1;
    await rig.run(8);
    rig.channel.frozenAt = Infinity;
    await rig.run(4);
    expect(rig.states).toEqual(['connecting', 'live', 'stalled', 'live']);
    expect(rig.twitch.count('token')).toBe(1);
  });

  it('by age is renewed within five seconds; the count of frames goes on', async () => {
    await rig.play(6);
    const before = rig.frames.at(-1)?.sequence ?? 0;
    const first = rig.twitch.count('token');
    rig.twitch.overrides.playlist = () => (rig.twitch.count('token') === first ? { status: 403 } : null);
    await rig.run(5);
    expect(rig.twitch.count('token')).toBe(2);
    expect(rig.states.at(-1)).toBe('live');
    expect(rig.frames.find(({ sequence }) => sequence === before + 1)).toBeDefined();
  });

  it('is renewed before it is a day old', async () => {
    await rig.play(4);
    rig.clock.advance(23 * 3600 * 1000);
    await rig.run(6);
    expect(rig.twitch.count('token')).toBe(2);
    expect(rig.states.at(-1)).toBe('live');
  });

  it('once with 503 is asked again on the spot; three times, it is resolved anew, and never has ended', async () => {
    await rig.play(4);
    let failures = 1;
    rig.twitch.overrides.playlist = () => (failures-- > 0 ? { status: 503 } : null);
    await rig.run(4);
    expect(rig.states).toEqual(['connecting', 'live']);
    failures = 3;
    await rig.run(10);
    expect(rig.twitch.count('token')).toBe(2);
    expect(rig.states).toEqual(['connecting', 'live', 'reconnecting', 'live']);
  });

  it.each([
    ['404', (): void => void (rig.channel.startedMs = null)],
    ['ENDLIST', (): void => void (rig.channel.isEnded = true)],
  ])('by ending with %s is resolved once more, then it is offline and no longer polled', async (_name, end) => {
    await rig.play(6);
    end();
    await rig.run(2);
    rig.channel.startedMs = null;
    await rig.run(7);
    expect(rig.twitch.count('usher')).toBe(2);
    expect(rig.states.slice(2)).toEqual(['reconnecting', 'offline']);
    const polls = rig.twitch.count('playlist');
    await rig.run(20);
    expect(rig.twitch.count('playlist')).toBe(polls);
    expect(rig.changes.at(-1)?.retryAt).toBeGreaterThan(0);
  });

  it('by repeating its end does not go round in circles', async () => {
    await rig.play(6);
    rig.channel.isEnded = true;
    await rig.run(120);
    expect(rig.twitch.count('token')).toBeLessThan(10);
  });

  it('is looked for half a minute to a minute apart until the window closes; then the stream has failed', async () => {
    await rig.play(6);
    rig.channel.startedMs = null;
    await rig.run(700);
    expect(rig.states.at(-1)).toBe('failed');
    expect(rig.lastError()).toBe('offline');
    expect(rig.twitch.count('usher')).toBeGreaterThan(10);
    expect(rig.twitch.count('usher')).toBeLessThan(25);
  });

  it('because the broadcast has just begun is waited for', async () => {
    const liveAtMs = rig.clock.nowMs() + 40_000;
    rig.twitch.overrides.playlist = () => (rig.clock.nowMs() < liveAtMs ? { status: 404 } : null);
    await rig.play(39);
    expect(rig.states).toEqual(['connecting']);
    await rig.run(6);
    expect(rig.states).toEqual(['connecting', 'live']);
    expect(rig.twitch.count('token')).toBe(1);
  });

  it('because the broadcaster began anew goes on in the same object, and is told of', async () => {
    await rig.play(6);
    rig.channel.startedMs = null;
    await rig.run(8);
    rig.channel.broadcastId = '40000000002';
    rig.channel.goLive(20);
    await rig.run(65);
    expect(rig.states.at(-1)).toBe('live');
    expect(rig.noticed('restarted')).toHaveLength(1);
    expect(rig.managers[0]?.health().restarts).toBe(1);
  });
});

describe('a playlist that makes no sense', () => {
  it.each([
    ['without #EXTM3U', (): string => 'hello', 'playlist_invalid'],
    ['that is a page', (): string => '<html></html>', 'playlist_invalid'],
    [
      'of a million segments',
      (): string => `#EXTM3U\n${'#EXTINF:2,live\na.ts\n'.repeat(50_000)}`,
      'playlist_too_large',
    ],
    ['of 50 MB', (text: string): string => text + '#'.repeat(50 * 1024 * 1024), 'playlist_too_large'],
    ['of a line of a megabyte', (text: string): string => `${text}${'x'.repeat(1024 * 1024)}\n`, 'playlist_too_large'],
  ])('%s is refused', async (_name, edit, code) => {
    rig.channel.editPlaylist = edit;
    await rig.play(30);
    expect(rig.states.at(-1)).toBe('failed');
    expect(rig.lastError()).toBe(code);
  });

  it('that unpacks into more than a megabyte is cut off', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, 35));
    const headers = { 'content-encoding': 'gzip' };
    rig.twitch.overrides.playlist = () => ({ status: 200, body: bomb, headers });
    await rig.play(30);
    expect(rig.lastError()).toBe('playlist_too_large');
  });

  it.each([
    ['a byte order mark', (text: string): string => `\uFEFF${text}`],
    ['CRLF and blank lines', (text: string): string => text.replaceAll('\n', '\r\n\r\n')],
    ['an unclosed quote', (text: string): string => text.replace('X-TV-TWITCH-STREAM-SOURCE="live"', 'X="live')],
    ['a duration that is none', (text: string): string => text.replaceAll('#EXTINF:2.000', '#EXTINF:NaN')],
    ['a negative duration', (text: string): string => text.replaceAll('#EXTINF:2.000', '#EXTINF:-2')],
    [
      'a huge target duration',
      (text: string): string => text.replace(/TARGETDURATION:\d+/, 'TARGETDURATION:1000000000'),
    ],
    ['tags that nobody knows', (text: string): string => text.replace('#EXTM3U\n', '#EXTM3U\n#EXT-X-NEW:1\n# note\n')],
  ])('because of %s is read all the same, once in one to ten seconds', async (_name, edit) => {
    rig.channel.editPlaylist = edit;
    await rig.play(20);
    expect(rig.states).toEqual(['connecting', 'live']);
    expect(rig.twitch.count('playlist')).toBeGreaterThanOrEqual(2);
    expect(rig.twitch.count('playlist')).toBeLessThanOrEqual(21);
  });
});

describe('a segment that fails', () => {
  it.each([
    ['404', { status: 404 }],
    ['500', { status: 500 }],
    ['a connection that breaks', { status: 200, body: 'SEGMENT 30 ....', breaksAfter: 5 }],
    ['fewer bytes than announced', { status: 200, body: 'SEGMENT 30 .', headers: { 'content-length': '4000' } }],
  ])('with %s is tried three times, then skipped', async (_name, answer) => {
    rig.twitch.overrides.segment = ({ url }) => (url.pathname.includes('-30.') ? answer : null);
    const manager = await rig.play(10);
    expect(rig.twitch.requests.filter(({ url }) => url.includes('-30.'))).toHaveLength(3);
    expect(rig.decoders.numbers.slice(0, 4)).toEqual([29, 31, 32, 33]);
    expect(manager.health().segments.skipped).toBe(1);
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('by trickling is broken off, and the edge is caught up with', async () => {
    const slow = Buffer.alloc(100_000, 32);
    rig.twitch.overrides.segment = ({ url }) =>
      url.pathname.includes('-30.') ? { status: 200, body: slow, bytesPerSecond: 1000 } : null;
    await rig.play(16);
    expect(rig.decoders.numbers).not.toContain(30);
    expect(rig.decoders.numbers.at(-1)).toBeGreaterThanOrEqual(rig.channel.edge - 1);
    expect(rig.managers[0]?.health().segments.skipped).toBeGreaterThanOrEqual(1);
  });

  it.each([
    ['garbage', Buffer.alloc(5000, 7)],
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<html>no</html>')],
  ])('with %s is skipped; after five in a row the stream is resolved anew', async (_name, body) => {
    rig.twitch.overrides.segment = ({ url }) => (url.pathname.includes('-30.') ? { status: 200, body } : null);
    await rig.play(6);
    expect(rig.decoders.numbers.slice(0, 3)).toEqual([29, 31, 32]);
    rig.twitch.overrides.segment = () => ({ status: 200, body });
    await rig.run(13);
    expect(rig.states.at(-1)).toBe('reconnecting');
    expect(rig.lastError()).toBe('bad_media');
  });

  it('because the decoder crashed costs that one; when it crashes again and again, the stream is resolved anew', async () => {
    let crashes = 1;
    rig.decoders.before = () => {
      if (crashes-- > 0) throw new StreamError('decoder_failed');
    };
    await rig.play(6);
    expect(rig.states).toEqual(['connecting', 'live']);
    crashes = 3;
    await rig.run(7);
    expect(rig.states.at(-1)).toBe('reconnecting');
    expect(rig.lastError()).toBe('decoder_failed');
  });

  it('because there is no decoder ends the stream at once', async () => {
    rig.decoders.before = () => {
      throw new StreamError('decoder_unavailable');
    };
    await rig.play(4);
    expect(rig.states.at(-1)).toBe('failed');
    expect(rig.changes.at(-1)?.error?.message).toContain('JIGA_FFMPEG_PATH');
  });
});

describe('whoever looks at the frames', () => {
  it('more slowly than they come loses the oldest, is told how many, and is never called twice at once', async () => {
    let underWay = 0;
    let most = 0;
    rig.onFrames = () => {
      most = Math.max(most, ++underWay);
      return new Promise((resolve) => {
        rig.clock.after(3000, () => {
          underWay--;
          resolve();
        });
      });
    };
    const manager = await rig.play(120);
    const { framesDropped, frames } = manager.health();
    expect(most).toBe(1);
    expect(framesDropped).toBeGreaterThan(150);
    const newest = rig.frames.at(-1)?.sequence ?? 0;
    expect(frames + framesDropped).toBeGreaterThanOrEqual(newest);
    // No more wait than the bound: ten seconds of frames, or what comes at once.
    const decodedFrames = rig.decoders.numbers.length * 4;
    expect(decodedFrames - frames - framesDropped).toBeLessThanOrEqual(20);
    await rig.close();
    await rig.run(4);
  });

  it('and throws is told of, and looks at the next one all the same', async () => {
    rig.onFrames = () => {
      throw new Error('no');
    };
    await rig.play(6);
    expect(rig.frames.length).toBeGreaterThan(5);
    expect(rig.errors.length).toBe(rig.frames.length);
  });
});
