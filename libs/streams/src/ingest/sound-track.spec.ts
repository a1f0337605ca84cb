import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { turn, VirtualClock } from '@jiga/testing';

import type { DecoderSegment, OpenSoundDecoder } from '../decode/stream-decoder.port.js';
import type { ResolvedHls, StreamHttp } from '../stream-ingest.port.js';
import { soundTrackOf, type SoundTrack } from './sound-track.js';

const VARIANT = { name: null, width: null, height: null, fps: null, bitsPerSecond: null, isSource: true } as const;
const SEGMENT = '#EXTINF:2,\n';
const recording = (count: number): string =>
  `#EXTM3U\n${Array.from({ length: count }, (_, n) => `${SEGMENT}${n}.aac`).join('\n')}\n#EXT-X-ENDLIST`;

describe('the sound beside the pictures', () => {
  let clock: VirtualClock;
  let fetched: string[];
  let decoded: DecoderSegment[];
  let failures: string[];
  let statusOf: (url: string) => number;
  let playlist: string;
  let finished: number;
  let pictures: { readonly end: () => void; readonly done: Promise<void> };
  let playing: Promise<void>;

  beforeEach(() => {
    clock = new VirtualClock();
    [fetched, decoded, failures, finished] = [[], [], [], 0];
    statusOf = () => 200;
    let end = (): void => undefined;
    const done = new Promise<void>((resolve) => (end = resolve));
    pictures = { end: () => end(), done };
  });
  afterEach(async () => {
    pictures.end();
    await playing;
    expect(clock.pending).toBe(0);
  });

  const http: StreamHttp = {
    fetch: ({ url }) => {
      fetched.push(url.slice(url.lastIndexOf('/') + 1));
      const body = Buffer.from(url.endsWith('.m3u8') ? playlist : 'sound');
      return Promise.resolve({ status: statusOf(url), headers: {}, body, url });
    },
  };
  const openSoundDecoder: OpenSoundDecoder = () => ({
    decode: (segment) => Promise.resolve(void decoded.push(segment)),
    finish: () => Promise.resolve(void finished++),
    close: () => Promise.resolve(),
  });
  const stream = (isLive: boolean): ResolvedHls => ({
    kind: 'hls',
    mediaPlaylistUrl: 'https://media.example/pictures.m3u8',
    soundPlaylistUrl: 'https://media.example/sound.m3u8',
    variant: { ...VARIANT, requested: 'best', choice: 'only' },
    headers: {},
    hosts: { builtIn: [], named: ['media.example'] },
    isLive,
    broadcastId: null,
    expiresAt: null,
  });
  const play = async (isLive: boolean): Promise<SoundTrack> => {
    const world = {
      clock,
      http,
      openDecoder: () => {
        throw new Error('no pictures here');
      },
      openSoundDecoder,
    };
    const onFailure = ({ code }: { code: string }): void => void failures.push(code);
    const track = soundTrackOf(stream(isLive), world, { startsWithinMs: 0, deliver: () => undefined, onFailure });
    if (!track) throw new Error('no track');
    playing = track.playBeside(() => pictures.done);
    await turn();
    return track;
  };

  it('of a recording is fetched no further than the pictures, and to its end when they have ended', async () => {
    playlist = recording(4);
    const track = await play(false);
    expect(fetched).toEqual(['sound.m3u8', '0.aac']);
    track.notePictures(2);
    await turn();
    expect(decoded).toHaveLength(1);
    track.notePictures(2);
    await turn();
    expect(fetched.slice(1)).toEqual(['0.aac', '1.aac']);
    pictures.end();
    await playing;
    expect(fetched.slice(1)).toEqual(['0.aac', '1.aac', '2.aac', '3.aac']);
    expect(finished).toBe(1);
  });

  it('of a live stream is followed at its edge', async () => {
    playlist = `#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:7\n${SEGMENT}7.aac\n${SEGMENT}8.aac`;
    await play(true);
    expect(fetched).toEqual(['sound.m3u8', '8.aac']);
    playlist = `#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:8\n${SEGMENT}8.aac\n${SEGMENT}9.aac`;
    clock.advance(2000);
    await turn();
    expect(fetched.slice(2)).toEqual(['sound.m3u8', '9.aac']);
  });

  it('is tried again while the pictures go on, later each time', async () => {
    playlist = `#EXTM3U\n${SEGMENT}0.aac`;
    statusOf = () => 403;
    await play(true);
    expect(failures).toEqual(['expired']);
    clock.advance(5000);
    await turn();
    expect(failures).toHaveLength(2);
    clock.advance(5000);
    await turn();
    expect(failures).toHaveLength(2);
    statusOf = () => 200;
    clock.advance(5000);
    await turn();
    expect(decoded).toHaveLength(1);
  });

  it.each([
    ['that is encrypted', true, '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXTINF:2,\n0.aac'],
    ['of a recording that is not there', false, 'nothing'],
  ])('%s is given up, and the pictures go on', async (_name, isLive, text) => {
    playlist = text;
    await play(isLive);
    expect(failures).toHaveLength(1);
    clock.advance(120_000);
    await turn();
    expect(failures).toHaveLength(1);
    const outcome = await Promise.race([playing.then(() => 'over'), turn().then(() => 'going on')]);
    expect(outcome).toBe('going on');
  });
});
