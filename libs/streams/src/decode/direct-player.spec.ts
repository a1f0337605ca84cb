import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { locateFfmpeg } from '@jiga/media';
import { SystemClock } from '@jiga/platform';
import { tempDir, VirtualClock } from '@jiga/testing';

import type { ResolvedDirect, StreamSound } from '../stream-ingest.port.js';
import { directArguments } from './decoder-arguments.js';
import { ffmpegDirect } from './direct-player.js';
import type { DecodedFrame, DecoderOptions } from './stream-decoder.port.js';

const run = promisify(execFile);

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

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
  let sounds: StreamSound[];
  const output = {
    frame: (frame: DecodedFrame) => void frames.push(frame),
    sound: (sound: StreamSound) => void sounds.push(sound),
    stalled: () => {},
  };
  const play = (
    stream: ResolvedDirect,
    { wantsSound = false, signal = new AbortController().signal, clock = new SystemClock() } = {},
  ) => {
    frames = [];
    sounds = [];
    return ffmpegDirect(locate, clock)(stream, { ...OPTIONS, wantsSound }, output, signal);
  };
  const samples = (): number => sounds.reduce((sum, { pcm }) => sum + pcm.length, 0);
  const file = (name: string): string => join(directory.path, name);

  beforeAll(async () => {
    directory = await tempDir();
    const ffmpeg = await locate();
    if (!ffmpeg.found) throw new Error('no ffmpeg');
    const source = 'testsrc=duration=1:size=320x180:rate=10';
    await run(ffmpeg.path, ['-v', 'error', '-f', 'lavfi', '-i', source, '-pix_fmt', 'yuv420p', file('clip.mp4')]);
    const tone = ['-f', 'lavfi', '-i', 'sine=440:d=1'];
    const encode = ['-pix_fmt', 'yuv420p', '-c:a', 'aac'];
    await run(ffmpeg.path, ['-v', 'error', '-f', 'lavfi', '-i', source, ...tone, ...encode, file('loud.mp4')]);
    await run(ffmpeg.path, ['-v', 'error', ...tone, ...encode, file('dark.mp4')]);
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

  it('gives its sound when it is wanted, in time with the pictures', async () => {
    await play(direct('file', file('loud.mp4')), { wantsSound: true });
    expect(frames).toHaveLength(5);
    expect(samples() / 16_000).toBeCloseTo(1, 1);
    expect(Math.max(...sounds.flatMap(({ pcm }) => [...pcm]))).toBeGreaterThan(1_000);
    expect(Math.abs((sounds[0]?.capturedAt ?? 0) - (frames[0]?.capturedAt ?? 0))).toBeLessThan(0.3);
    await play(direct('file', file('loud.mp4')));
    expect(sounds).toEqual([]);
  });

  it('plays a file that has no sound where sound is wanted, and tells one that has no pictures', async () => {
    await play(direct('file', file('clip.mp4')), { wantsSound: true });
    expect([frames.length, sounds.length]).toEqual([5, 0]);
    await expect(play(direct('file', file('dark.mp4')))).rejects.toMatchObject({ code: 'no_video' });
  });

  it.each(['list.m3u8', 'list.ffconcat'])('does not read what %s names', async (name) => {
    await expect(play(direct('file', file(name)))).rejects.toMatchObject({ code: 'bad_media' });
    expect(frames).toEqual([]);
  });

  it('ends at once when it is told to', async () => {
    const abort = new AbortController();
    const playing = play(direct('file', file('clip.mp4')), { signal: abort.signal });
    abort.abort(new Error('closed'));
    await expect(playing).rejects.toThrow('closed');
  });

  it.each(['rtmp', 'rtsp'] as const)('tells an %s stream that nobody serves', async (protocol) => {
    const stream = direct(protocol, `${protocol}://127.0.0.1:9/app/key`);
    await expect(play(stream)).rejects.toMatchObject({ code: 'upstream' });
  });

  describe('at an RTSP server', () => {
    let server: Server;
    let asked: string;
    let answer: (request: string) => string;
    beforeEach(async () => {
      asked = '';
      server = createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', (bytes) => {
          asked += bytes.toString();
          socket.write(answer(bytes.toString()));
        });
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));
    const addressOf = (each: Server, host = '127.0.0.1'): string =>
      `rtsp://${host}:${(each.address() as AddressInfo).port}/cam?k=v`;
    const cseq = (request: string): string => /CSeq: \d+/i.exec(request)?.[0] ?? '';

    it('goes where its name leads, asks by that name, and tells a refusal', async () => {
      answer = (request) => `RTSP/1.0 404 Not Found\r\n${cseq(request)}\r\n\r\n`;
      frames = [];
      const resolve = (host: string) =>
        Promise.resolve(host === 'camera.example' ? [{ address: '127.0.0.1', family: 4 }] : []);
      const url = addressOf(server, 'camera.example');
      const playing = ffmpegDirect(locate, new SystemClock(), resolve)(
        direct('rtsp', url),
        OPTIONS,
        output,
        new AbortController().signal,
      );
      await expect(playing).rejects.toMatchObject({ code: 'upstream' });
      expect(asked).toContain(`OPTIONS ${url}`);
    });

    it('does not go where it points to', async () => {
      let strays = 0;
      const other = createServer((socket) => {
        strays++;
        socket.destroy();
      });
      await once(other.listen(0, '127.0.0.1'), 'listening');
      answer = (request) =>
        request.startsWith('DESCRIBE')
          ? `RTSP/1.0 302 Found\r\n${cseq(request)}\r\nLocation: ${addressOf(other)}\r\n\r\n`
          : `RTSP/1.0 200 OK\r\n${cseq(request)}\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n`;
      await expect(play(direct('rtsp', addressOf(server)))).rejects.toMatchObject({ code: 'blocked_url' });
      expect(strays).toBe(0);
      await new Promise((resolve) => other.close(resolve));
    });
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

  it('plays RTMP with its sound, dates nothing into the future, and tells its end', async () => {
    const ffmpeg = await locate();
    if (!ffmpeg.found) throw new Error('no ffmpeg');
    const url = `rtmp://127.0.0.1:${await freePort()}/live/key`;
    const pictures = ['-re', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10', '-f', 'lavfi', '-i', 'sine=440'];
    const encode = ['-pix_fmt', 'yuv420p', '-c:v', 'flv', '-g', '5', '-c:a', 'aac', '-t', '4'];
    const server = spawn(ffmpeg.path, ['-v', 'error', ...pictures, ...encode, '-f', 'flv', '-listen', '1', url], {
      stdio: 'ignore',
    });
    let latestS = -Infinity;
    const noteLag = ({ capturedAt }: DecodedFrame): void => {
      latestS = Math.max(latestS, capturedAt - Date.now() / 1000);
      frames.push({ jpeg: Buffer.alloc(0), capturedAt, sourceWidth: 0, sourceHeight: 0 });
    };
    const attempt = (): Promise<string> => {
      [frames, sounds] = [[], []];
      const options = { ...OPTIONS, wantsSound: true };
      const rtmp = ffmpegDirect(locate, new SystemClock());
      return rtmp(direct('rtmp', url), options, { ...output, frame: noteLag }, new AbortController().signal).then(
        () => 'returned',
        ({ code }: { code: string }) => code,
      );
    };
    try {
      let end = await attempt();
      // The server takes a moment to listen.
      for (let tries = 1; end === 'upstream' && tries < 20; tries++) end = await attempt();
      expect(end).toBe('ended');
      expect(frames.length).toBeGreaterThan(8);
      expect(samples() / 16_000).toBeGreaterThan(2);
      expect(latestS).toBeLessThan(0.05);
    } finally {
      server.kill('SIGKILL');
    }
  }, 30_000);

  it('says so when there is no ffmpeg', async () => {
    const clock = new VirtualClock();
    const missing = () => locateFfmpeg({ configuredPath: file('nothing') });
    const playing = ffmpegDirect(missing, clock)(direct('file', '/a'), OPTIONS, output, new AbortController().signal);
    await expect(playing).rejects.toMatchObject({ code: 'decoder_unavailable' });
    expect(clock.pending).toBe(0);
  });
});
