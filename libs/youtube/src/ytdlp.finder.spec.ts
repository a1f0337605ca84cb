import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { shellWord, tempDir, VirtualClock, writeProgram } from '@jiga/testing';

import { YtDlpFinder } from './ytdlp.finder.js';

const ID = 'dQw4w9WgXcQ';
const MASTER = 'https://manifest.googlevideo.com/api/manifest/hls_variant/expire/1767225600/file/index.m3u8';
const LIVE = {
  id: ID,
  live_status: 'is_live',
  formats: [
    { protocol: 'https', url: 'https://x.googlevideo.com/videoplayback' },
    {
      protocol: 'm3u8_native',
      url: 'https://manifest.googlevideo.com/one.m3u8',
      manifest_url: MASTER,
      http_headers: { 'User-Agent': 'UA', Cookie: 'secret', Accept: '*/*' },
    },
  ],
};

describe('YtDlpFinder', () => {
  const clock = new VirtualClock();
  const signal = new AbortController().signal;
  let directory: Awaited<ReturnType<typeof tempDir>>;

  beforeAll(async () => void (directory = await tempDir()));
  afterAll(() => directory.remove());

  const finder = async (script: string): Promise<YtDlpFinder> =>
    new YtDlpFinder(await writeProgram(directory.path, 'yt-dlp', script), clock);
  const saying = (answer: unknown): string => `echo ${shellWord(JSON.stringify(answer))}`;
  const failing = (text: string): string => `echo ${shellWord(text)} >&2; exit 1`;
  const find = async (script: string) => (await finder(script)).find({ kind: 'video', videoId: ID }, signal);

  it('gives the playlist of a live video, with the header fields that a playlist may need', async () => {
    expect(await find(saying(LIVE))).toEqual({
      videoId: ID,
      isLive: true,
      masterUrl: MASTER,
      headers: { 'User-Agent': 'UA' },
      expiresAt: 1767225600,
    });
  });

  it('asks for one page, after the end of the options', async () => {
    const log = join(directory.path, 'arguments');
    const writing = `printf '%s' "$*" > ${shellWord(log)}; `;
    await (await finder(writing + saying(LIVE))).find({ kind: 'channel', path: '/@some_channel' }, signal);
    expect(await readFile(log, 'utf8')).toMatch(/ -J -- https:\/\/www\.youtube\.com\/@some_channel\/live$/);
  });

  it.each([
    ['a bot check', failing("ERROR: [youtube] x: Sign in to confirm you're not a bot. Use --cookies"), 'bot_check'],
    ['a private video', failing('ERROR: [youtube] x: Private video. Sign in if you have access'), 'private'],
    ['a video for members', failing('ERROR: [youtube] x: Join this channel to get access'), 'subscriber_only'],
    ['one that will begin', failing('ERROR: [youtube] x: This live event will begin in 5 minutes.'), 'upcoming'],
    ['a channel that is not live', failing('ERROR: [youtube:tab] @x: The channel is not currently live'), 'offline'],
    ['one that is gone', failing('ERROR: [youtube] x: Video unavailable'), 'not_found'],
    ['a failure of its own', failing('Traceback (most recent call last)'), 'upstream'],
    ['an announced one', saying({ ...LIVE, live_status: 'is_upcoming' }), 'upcoming'],
    ['a recording', saying({ ...LIVE, live_status: 'was_live' }), 'ended'],
    ['no playlist', saying({ ...LIVE, formats: [] }), 'upstream'],
    ['what never was live', saying({ ...LIVE, live_status: 'not_live', formats: [] }), 'unsupported'],
    ['no JSON', 'echo null?', 'upstream'],
  ])('tells %s', async (_name, code, cause) => {
    await expect(find(code)).rejects.toMatchObject({ name: 'StreamError', code: cause });
  });

  it('tells when there is no such program, and when it hangs', async () => {
    const missing = new YtDlpFinder(join(directory.path, 'nothing'), clock);
    await expect(missing.find({ kind: 'video', videoId: ID }, signal)).rejects.toMatchObject({ code: 'upstream' });
    const hanging = (await finder('sleep 60')).find({ kind: 'video', videoId: ID }, signal);
    clock.advance(30_000);
    await expect(hanging).rejects.toMatchObject({ code: 'timeout' });
    expect(clock.pending).toBe(0);
  });
});
