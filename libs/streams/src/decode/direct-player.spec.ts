import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { locateFfmpeg } from '@jiga/media';
import { SystemClock } from '@jiga/platform';
import { tempDir, VirtualClock } from '@jiga/testing';

import type { ResolvedDirect } from '../stream-ingest.port.js';
import { directArguments } from './decoder-arguments.js';
import { ffmpegDirect } from './direct-player.js';
import type { DecodedFrame, DecoderOptions } from './stream-decoder.port.js';

const run = promisify(execFile);
const OPTIONS: DecoderOptions = {
  picture: { fps: 5, width: 160, height: 90, jpegQuality: 50, batchProcessing: false },
  wantsSound: false,
  skipsDisposable: false,
};
const direct = (protocol: ResolvedDirect['protocol'], url: string, isLive = protocol !== 'file'): ResolvedDirect => ({
  kind: 'direct',
  protocol,
  url,
  isLive,
  broadcastId: null,
  expiresAt: null,
  variant: {
    name: null,
    width: null,
    height: null,
    fps: null,
    bitsPerSecond: null,
    isSource: true,
    requested: 'best',
    choice: 'only',
  },
});

describe('a stream that ffmpeg opens itself', () => {
  const locate = () => locateFfmpeg({ searchPath: process.env['PATH'] });
  let directory: Awaited<ReturnType<typeof tempDir>>;
  let frames: DecodedFrame[];
  const output = { frame: (frame: DecodedFrame) => void frames.push(frame), stalled: () => {} };
  const play = (stream: ResolvedDirect, signal = new AbortController().signal, clock = new SystemClock()) => {
    frames = [];
    return ffmpegDirect(locate, clock)(stream, OPTIONS, output, signal);
  };
  const file = (name: string): string => join(directory.path, name);

  beforeAll(async () => {
    directory = await tempDir();
    const ffmpeg = await locate();
    if (!ffmpeg.found) throw new Error('no ffmpeg');
    const source = 'testsrc=duration=1:size=320x180:rate=10';
    await run(ffmpeg.path, ['-v', 'error', '-f', 'lavfi', '-i', source, '-pix_fmt', 'yuv420p', file('clip.mp4')]);
    await writeFile(file('list.m3u8'), `#EXTM3U\n#EXTINF:1,\n${file('clip.mp4')}\n#EXT-X-ENDLIST\n`);
    await writeFile(file('list.ffconcat'), `ffconcat version 1.0\nfile ${file('clip.mp4')}\n`);
  });
  afterAll(() => directory.remove());

  it('plays a file to its end, at its own pace, with rising times', async () => {
    const before = performance.now();
    await play(direct('file', file('clip.mp4')));
    expect(performance.now() - before).toBeGreaterThan(700);
    expect(frames).toHaveLength(5);
    const [first = 0, ...times] = frames.map(({ capturedAt }) => capturedAt);
    expect(times.map((time) => Number((time - first).toFixed(2)))).toEqual([0.2, 0.4, 0.6, 0.8]);
    expect(frames[0]).toMatchObject({ sourceWidth: 320, sourceHeight: 180 });
    expect(frames[0]?.jpeg.subarray(0, 2)).toEqual(Buffer.of(0xff, 0xd8));
  });

  it.each(['list.m3u8', 'list.ffconcat'])('does not read what %s names', async (name) => {
    await expect(play(direct('file', file(name)))).rejects.toMatchObject({ code: 'bad_media' });
    expect(frames).toEqual([]);
  });

  it('ends at once when it is told to', async () => {
    const abort = new AbortController();
    const playing = play(direct('file', file('clip.mp4')), abort.signal);
    abort.abort(new Error('closed'));
    await expect(playing).rejects.toThrow('closed');
  });

  it('tells a stream that nobody serves', async () => {
    await expect(play(direct('rtmp', 'rtmp://127.0.0.1:9/app/key'))).rejects.toMatchObject({ code: 'upstream' });
  });

  it('gives every protocol itself and what carries it, and nothing else', () => {
    const allowed = (stream: ResolvedDirect): string | undefined => {
      const args = directArguments(stream, OPTIONS);
      return args[args.indexOf('-protocol_whitelist') + 1];
    };
    expect(allowed(direct('file', '/a'))).toBe('file');
    expect(allowed(direct('rtmp', 'rtmp://h/a'))).toBe('rtmp,tcp');
    expect(allowed(direct('rtsp', 'rtsp://h/a'))).toBe('rtsp,tcp');
  });

  it('says so when there is no ffmpeg', async () => {
    const clock = new VirtualClock();
    const missing = () => locateFfmpeg({ configuredPath: file('nothing') });
    const playing = ffmpegDirect(missing, clock)(direct('file', '/a'), OPTIONS, output, new AbortController().signal);
    await expect(playing).rejects.toMatchObject({ code: 'decoder_unavailable' });
    expect(clock.pending).toBe(0);
  });
});
