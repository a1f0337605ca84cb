import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { StreamHttp, StreamRequest } from '@jiga/streams';
import { tempDir } from '@jiga/testing';

import { readStreamAddress, type AddressRules, type StreamAddress } from './stream-address.js';
import { UrlResolver } from './url.resolver.js';

const RULES: AddressRules = {
  allowedHosts: ['media.example.com', '10.0.0.5:8554', '.cdn.example.com', '::1'],
  filesDirectory: '/srv/clips',
  samples: { 'openarena-ctf': '/app/samples/ctf.mp4' },
};
const OFF: AddressRules = { ...RULES, allowedHosts: [], filesDirectory: null };
const signal = new AbortController().signal;

describe('the address of a stream_url session', () => {
  it.each([
    ['https://media.example.com/live.m3u8?k=v', { kind: 'hls', url: 'https://media.example.com/live.m3u8?k=v' }],
    ['http://media.example.com:8080/live.m3u8', { kind: 'hls', url: 'http://media.example.com:8080/live.m3u8' }],
    ['https://a.cdn.example.com/x.m3u8', { kind: 'hls', url: 'https://a.cdn.example.com/x.m3u8' }],
    ['rtmp://media.example.com/app/key', { kind: 'rtmp', url: 'rtmp://media.example.com/app/key' }],
    ['rtsp://10.0.0.5:8554/cam', { kind: 'rtsp', url: 'rtsp://10.0.0.5:8554/cam' }],
    ['rtsp://[::1]/cam', { kind: 'rtsp', url: 'rtsp://[::1]/cam' }],
    ['sample:openarena-ctf', { kind: 'sample', path: '/app/samples/ctf.mp4' }],
    ['file:///app/samples/ctf.mp4', { kind: 'sample', path: '/app/samples/ctf.mp4' }],
    ['file:///srv/clips/a%20b.mp4', { kind: 'file', path: '/srv/clips/a b.mp4' }],
  ])('is taken: %s', (url, address) => {
    expect(readStreamAddress(url, RULES)).toEqual(address);
  });

  it.each([
    'https://evil.com/x.m3u8',
    'https://media.example.com.evil.com/x.m3u8',
    'https://user:pw@media.example.com/x.m3u8',
    'https://cdn.example.com/x.m3u8',
    'http://a.cdn.example.com/x.m3u8',
    'https://a.cdn.example.com:8443/x.m3u8',
    'rtmp://evil.com/app',
    'rtmp://a.cdn.example.com/app',
    'rtsp://10.0.0.5/cam',
    'rtsp://user:pw@media.example.com/cam',
    'rtmp:///app',
    'sample:nothing',
    'sample:toString',
    'file://elsewhere/srv/clips/a.mp4',
    'file:///srv/clips/a%2Fb.mp4',
    'file:///srv/clips/a.mp4?x',
    'concat:/etc/passwd',
    'data:text/plain,x',
    'ftp://media.example.com/x',
    '/etc/passwd',
    '',
  ])('is refused: %s', (url) => {
    expect(readStreamAddress(url, RULES)).toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['https://media.example.com/live.m3u8', /JIGA_STREAM_ALLOWED_HOSTS/],
    ['rtmp://media.example.com/app', /JIGA_STREAM_ALLOWED_HOSTS/],
    ['file:///srv/clips/a.mp4', /JIGA_STREAM_FILES_DIR/],
  ])('is off by default, and says what turns it on: %s', (url, detail) => {
    expect(readStreamAddress(url, OFF)).toEqual({ kind: 'off', detail: expect.stringMatching(detail) });
    expect(readStreamAddress('sample:openarena-ctf', OFF)).toMatchObject({ kind: 'sample' });
  });
});

describe('UrlResolver', () => {
  let directory: Awaited<ReturnType<typeof tempDir>>;
  let rules: AddressRules;
  const inside = (name: string): string => join(directory.path, 'clips', name);

  beforeAll(async () => {
    directory = await tempDir();
    rules = { ...RULES, filesDirectory: join(directory.path, 'clips') };
    await mkdir(inside('folder'), { recursive: true });
    await mkdir(join(directory.path, 'clips-other'));
    await writeFile(inside('a.mp4'), 'x');
    await writeFile(join(directory.path, 'secret.mp4'), 'x');
    await writeFile(join(directory.path, 'clips-other', 'b.mp4'), 'x');
    await symlink(join(directory.path, 'secret.mp4'), inside('link.mp4'));
    await symlink(inside('a.mp4'), inside('good-link.mp4'));
  });
  afterAll(() => directory.remove());

  const resolve = (address: StreamAddress, http: StreamHttp = { fetch: () => Promise.reject(new Error('no')) }) =>
    new UrlResolver({ address, rules, http, wish: { quality: 'best', height: 360 } }).resolve(signal);
  const open = (name: string) => {
    const address = readStreamAddress(pathToFileURL(inside(name)).href, rules);
    return resolve(address as StreamAddress);
  };

  it('plays files of the directory, also by links that stay in it', async () => {
    const path = inside('a.mp4');
    expect(await open('a.mp4')).toMatchObject({ kind: 'direct', protocol: 'file', url: path, isLive: false });
    expect(await open('good-link.mp4')).toMatchObject({ url: path });
  });

  it.each([
    ['a link that leads out', 'link.mp4', 'blocked_url'],
    ['a way out', '../secret.mp4', 'blocked_url'],
    ['a directory that is named alike', '../clips-other/b.mp4', 'blocked_url'],
    ['a directory', 'folder', 'blocked_url'],
    ['nothing', 'none.mp4', 'not_found'],
  ])('does not play %s', async (_name, name, code) => {
    await expect(open(name)).rejects.toMatchObject({ code });
  });

  it('leads to an RTSP stream as it is', async () => {
    const address: StreamAddress = { kind: 'rtsp', url: 'rtsp://media.example.com/cam' };
    expect(await resolve(address)).toMatchObject({ kind: 'direct', protocol: 'rtsp', url: address.url, isLive: true });
  });

  it.each([
    ['live', '#EXTM3U\n#EXTINF:2,\na.ts', true],
    ['recorded', '#EXTM3U\n#EXTINF:2,\na.ts\n#EXT-X-ENDLIST', false],
  ])('opens a %s media playlist, from the hosts of the operator alone', async (_name, text, isLive) => {
    const requests: StreamRequest[] = [];
    const http: StreamHttp = {
      fetch: (request) => {
        requests.push(request);
        return Promise.resolve({ status: 200, headers: {}, body: Buffer.from(text), url: `${request.url}?moved` });
      },
    };
    const address: StreamAddress = { kind: 'hls', url: 'https://media.example.com/live.m3u8' };
    expect(await resolve(address, http)).toMatchObject({
      kind: 'hls',
      mediaPlaylistUrl: 'https://media.example.com/live.m3u8?moved',
      isLive,
      hosts: { builtIn: [], named: RULES.allowedHosts },
    });
    expect(requests).toHaveLength(1);
  });
});
