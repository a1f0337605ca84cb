import { expect, it } from '@jest/globals';

import { RtspFramer } from './rtsp-framer.js';

const MESSAGE = 'RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 8\r\n\r\nv=0\r\n$$$';
const PACKET = Buffer.of(0x24, 1, 0, 5, 13, 10, 13, 10, 36);

it('splits messages with their bodies and packets, however they come', () => {
  const all = Buffer.concat([Buffer.from(MESSAGE), PACKET, PACKET, Buffer.from('PLAY * RTSP/1.0\r\n\r\n')]);
  for (const step of [1, 3, 7, all.length]) {
    const framer = new RtspFramer();
    const units = [];
    for (let at = 0; at < all.length; at += step) units.push(...framer.push(all.subarray(at, at + step)));
    expect(units.map(({ bytes }) => bytes.length)).toEqual([MESSAGE.length, 9, 9, 19]);
    expect(units.map(({ head }) => head?.split('\r\n', 1)[0] ?? null)).toEqual([
      'RTSP/1.0 200 OK',
      null,
      null,
      'PLAY * RTSP/1.0',
    ]);
    expect(Buffer.concat(units.map(({ bytes }) => bytes))).toEqual(all);
  }
});

it('refuses what goes on without end', () => {
  expect(() => new RtspFramer().push(Buffer.alloc(20_000, 65))).toThrow(RangeError);
  expect(() => new RtspFramer().push(Buffer.from('RTSP/1.0 200 OK\r\nContent-Length: 999999999\r\n\r\n'))).toThrow(
    RangeError,
  );
});
