import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { shellWord, tempDir, VirtualClock, writeProgram } from '@jiga/testing';

import { StreamlinkFinder } from './streamlink.finder.js';

const ID = 'dQw4w9WgXcQ';
const MASTER = 'https://manifest.googlevideo.com/api/manifest/hls_variant/expire/1767225600/file/index.m3u8';
const ONE = {
  type: 'hls',
  url: 'https://manifest.googlevideo.com/api/manifest/hls_playlist/expire/1767225601/file/index.m3u8',
  headers: { 'User-Agent': 'UA' },
};

describe('StreamlinkFinder', () => {
  const signal = new AbortController().signal;
  let directory: Awaited<ReturnType<typeof tempDir>>;

  beforeAll(async () => void (directory = await tempDir()));
  afterAll(() => directory.remove());

  const finder = async (script: string, version = '8.4.0'): Promise<StreamlinkFinder> => {
    const versionFirst = `if [ "$1" = --version ]; then echo "streamlink ${version}"; exit 0; fi; ${script}`;
    const path = await writeProgram(directory.path, 'streamlink', versionFirst);
    return new StreamlinkFinder({ path, clock: new VirtualClock() });
  };
  const saying = (answer: unknown): string => `echo ${shellWord(JSON.stringify(answer))}`;
  const video = { kind: 'video', videoId: ID } as const;

  it('gives the playlist of all renditions of a broadcast, what it is called, and how long it lasts', async () => {
    const answer = { metadata: { id: ID }, streams: { '360p': { ...ONE, master: MASTER }, best: ONE } };
    expect(await (await finder(saying(answer))).find({ kind: 'channel', path: '/@some_channel' }, signal)).toEqual({
      videoId: ID,
      isLive: true,
      masterUrl: MASTER,
      headers: { 'User-Agent': 'UA' },
      expiresAt: 1_767_225_600,
    });
  });

  it('gives the one rendition that there is', async () => {
    const found = await (await finder(saying({ streams: { live: ONE } }))).find(video, signal);
    expect(found).toMatchObject({ videoId: ID, masterUrl: ONE.url, expiresAt: 1_767_225_601 });
  });

  it('asks for the page of the channel, after the end of the options', async () => {
    const log = join(directory.path, 'arguments');
    const writing = `printf '%s' "$*" > ${shellWord(log)}; `;
    const answer = saying({ streams: { live: ONE } });
    await (await finder(writing + answer)).find({ kind: 'channel', path: '/@some_channel' }, signal);
    expect(await readFile(log, 'utf8')).toMatch(/--json -- https:\/\/www\.youtube\.com\/@some_channel\/live$/);
  });

  it.each([
    [
      'a page without streams',
      saying({ error: 'No playable streams found on this URL' }),
      '8.4.0',
      'offline_or_restricted',
    ],
    ['videos that are no live HLS', saying({ streams: { best: { type: 'http', url: 'x' } } }), '8.4.0', 'upstream'],
    ['no answer', 'exit 1', '8.4.0', 'upstream'],
    ['a program that is too old', saying({ streams: { live: ONE } }), '5.2.1', 'upstream'],
  ])('tells apart %s', async (_what, script, version, code) => {
    await expect((await finder(script, version)).find(video, signal)).rejects.toMatchObject({ code });
  });
});
