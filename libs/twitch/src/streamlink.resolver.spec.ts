import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { StreamError, type ResolvedStream, type StreamErrorCode, type StreamResolver } from '@jiga/streams';
import { shellWord, tempDir, VirtualClock, writeProgram } from '@jiga/testing';

import { ResolverChain } from './resolver-chain.js';
import { StreamlinkResolver } from './streamlink.resolver.js';

const streamOf = (name: string) => ({
  type: 'hls',
  url: `https://pop1.playlist.ttvnw.net/${name}.m3u8`,
  headers: { 'User-Agent': 'UA' },
  master: 'https://usher.ttvnw.net/x.m3u8',
});
const STREAMS = Object.fromEntries(
  ['audio_only', '160p', '360p', '480p', '720p60', '1080p60', 'worst', 'best'].map((name) => [name, streamOf(name)]),
);

describe('StreamlinkResolver', () => {
  const clock = new VirtualClock();
  const signal = new AbortController().signal;
  let directory: Awaited<ReturnType<typeof tempDir>>;

  beforeAll(async () => void (directory = await tempDir()));
  afterAll(() => directory.remove());

  const resolver = async (
    script: string,
    { version = '8.4.0', quality = 'best' } = {},
  ): Promise<StreamlinkResolver> => {
    const versionFirst = `if [ "$1" = --version ]; then echo "streamlink ${version}"; exit 0; fi; ${script}`;
    const path = await writeProgram(directory.path, 'streamlink', versionFirst);
    return new StreamlinkResolver({ path, clock, allowedHosts: [] }, { login: 'some_channel', quality, height: 360 });
  };
  const saying = (answer: unknown, exitCode = 0): string =>
    `echo ${shellWord(JSON.stringify(answer))}; exit ${exitCode}`;

  it('gives the rendition that fits, with the header fields that it wants', async () => {
    const found = await (await resolver(saying({ streams: STREAMS }))).resolve(signal);
    expect(found).toMatchObject({
      kind: 'hls',
      mediaPlaylistUrl: 'https://pop1.playlist.ttvnw.net/360p.m3u8',
      headers: { 'User-Agent': 'UA' },
      variant: { name: '360p', height: 360, choice: 'fitting' },
    });
  });

  it('takes the nearest rendition where the one that was asked for is not there', async () => {
    const found = await (await resolver(saying({ streams: STREAMS }), { quality: '540p' })).resolve(signal);
    expect(found.variant).toMatchObject({ name: '480p', choice: 'nearest' });
  });

  it('asks for one page, after the end of the options, with nobody else’s settings', async () => {
    const log = join(directory.path, 'arguments');
    await (await resolver(`printf '%s' "$*" > ${shellWord(log)}; ${saying({ streams: STREAMS })}`)).resolve(signal);
    expect(await readFile(log, 'utf8')).toBe(
      '--no-config --no-plugin-sideloading --no-plugin-cache --json -- https://www.twitch.tv/some_channel',
    );
  });

  it.each<[string, string, string, StreamErrorCode]>([
    ['one that is too old to ask Twitch', '5.2.1', saying({ streams: STREAMS }), 'upstream'],
    ['one that is just too old', '8.2.0', saying({ streams: STREAMS }), 'upstream'],
    ['a channel without streams', '8.2.1', saying({ error: 'No playable streams' }, 1), 'offline_or_restricted'],
    ['an answer that is not JSON', '9.0.0', 'echo nonsense', 'upstream'],
    ['an answer without streams', '8.10.0', saying({}), 'upstream'],
  ])('tells apart %s', async (_what, version, script, code) => {
    await expect((await resolver(script, { version })).resolve(signal)).rejects.toMatchObject({ code });
  });

  it('is given up when it is not there, and killed when it hangs', async () => {
    const options = { path: join(directory.path, 'nothing'), clock, allowedHosts: [] };
    const missing = new StreamlinkResolver(options, { login: 'c', quality: 'best', height: 360 });
    await expect(missing.resolve(signal)).rejects.toMatchObject({ code: 'upstream' });
    const ending = new AbortController();
    const marker = join(directory.path, 'hangs');
    const hanging = (await resolver(`touch ${shellWord(marker)}; sleep 60`)).resolve(ending.signal);
    const failed = expect(hanging).rejects.toBe('enough');
    while (!(await readFile(marker).catch(() => null))) await new Promise(setImmediate);
    ending.abort('enough');
    await failed;
  });
});

describe('ResolverChain', () => {
  const signal = new AbortController().signal;
  const failing = (code: StreamErrorCode): StreamResolver => ({
    service: 'twitch',
    resolve: () => Promise.reject(new StreamError(code)),
  });
  const found = { kind: 'hls' } as ResolvedStream;
  const finding: StreamResolver = { service: 'twitch', resolve: () => Promise.resolve(found) };

  it('asks the next one where the service refused the asker', async () => {
    for (const code of ['integrity_required', 'upstream', 'auth_invalid'] as const) {
      expect(await new ResolverChain('twitch', [failing(code), finding]).resolve(signal)).toBe(found);
    }
  });

  it('believes what is said of the channel, whoever says it', async () => {
    const closed = new ResolverChain('twitch', [failing('subscriber_only'), finding]);
    await expect(closed.resolve(signal)).rejects.toMatchObject({ code: 'subscriber_only' });
    const offline = new ResolverChain('twitch', [failing('integrity_required'), failing('offline')]);
    await expect(offline.resolve(signal)).rejects.toMatchObject({ code: 'offline' });
  });

  it('tells the first refusal where nobody knows more', async () => {
    const chain = new ResolverChain('twitch', [failing('integrity_required'), failing('upstream')]);
    await expect(chain.resolve(signal)).rejects.toMatchObject({ code: 'integrity_required' });
  });
});
