import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@jiga/testing';

import { GuardedHttp } from './guarded-http.js';
import type { Transport } from './transport.js';

const KIB = 1024;
const MIB = KIB * KIB;
const hosts = { builtIn: ['.ttvnw.net'], named: [] };

describe('a body from outside', () => {
  /** Bytes that were taken from the connection. */
  let taken: number;
  let discarded: number;
  let headers: Record<string, string>;
  let body: () => Iterable<Buffer>;

  beforeEach(() => {
    taken = 0;
    discarded = 0;
    headers = {};
  });

  const transport: Transport = {
    send: () =>
      Promise.resolve({
        status: 200,
        headers,
        body: Readable.from(counted()),
        discard: () => void discarded++,
      }),
    close: () => {},
  };
  function* counted(): Generator<Buffer> {
    for (const chunk of body()) {
      taken += chunk.length;
      yield chunk;
    }
  }
  const fetch = () => {
    const clock = new VirtualClock();
    const resolve = () => Promise.resolve([{ address: '93.184.216.34', family: 4 }]);
    const request = { url: 'https://a.ttvnw.net/x', hosts, maxBytes: MIB, timeoutMs: 1000 };
    return new GuardedHttp({ clock, transport, resolve }).fetch(request, new AbortController().signal);
  };
  function* endless(): Generator<Buffer> {
    for (const chunk = Buffer.alloc(64 * KIB); ;) yield chunk;
  }

  it('without end is read no further than its limit, and let go of', async () => {
    body = endless;
    await expect(fetch()).rejects.toMatchObject({ code: 'upstream', facts: { tooLarge: true } });
    expect([taken, discarded]).toEqual([MIB + 64 * KIB, 1]);
  });

  it('that announces too much is not read at all', async () => {
    headers = { 'content-length': String(50 * MIB) };
    body = endless;
    await expect(fetch()).rejects.toMatchObject({ facts: { tooLarge: true } });
    expect([taken, discarded]).toEqual([0, 1]);
  });

  it('that unpacks into more than its limit costs no more memory than that', async () => {
    headers = { 'content-encoding': 'gzip' };
    const bomb = gzipSync(Buffer.alloc(200 * MIB));
    body = () => [bomb];
    const before = process.memoryUsage().arrayBuffers;
    await expect(fetch()).rejects.toMatchObject({ facts: { tooLarge: true } });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * MIB);
  });

  it.each(['gzip', 'x-gzip', 'GZIP '])('that is packed as %j is unpacked', async (encoding) => {
    headers = { 'content-encoding': encoding };
    body = () => [gzipSync('#EXTM3U')];
    expect((await fetch()).body.toString()).toBe('#EXTM3U');
  });

  it.each([
    ['is cut short', { 'content-length': '9' }],
    ['is not what it is said to be packed as', { 'content-encoding': 'gzip' }],
    ['is packed in an unknown way', { 'content-encoding': 'zstd' }],
  ])('that %s is no answer', async (_what, given) => {
    headers = given;
    body = () => [Buffer.from('plain')];
    await expect(fetch()).rejects.toMatchObject({ code: 'upstream' });
  });
});
