import { describe, expect, it } from '@jest/globals';
import { MpjpegParser } from './mpjpeg-parser.js';

const part = (body: string): string =>
  `--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: ${body.length}\r\n\r\n${body}\r\n`;

describe('MpjpegParser', () => {
  it('finds the same pictures however the stream is cut into chunks', () => {
    const stream = Buffer.from(part('first') + part('\r\n\r\n--ffmpeg inside a picture') + part('third'));
    for (let size = 1; size <= stream.length; size++) {
      const parser = new MpjpegParser(100);
      const pictures: string[] = [];
      for (let at = 0; at < stream.length; at += size) {
        pictures.push(...parser.push(stream.subarray(at, at + size)).map(String));
      }
      expect(pictures).toEqual(['first', '\r\n\r\n--ffmpeg inside a picture', 'third']);
    }
  });

  it('refuses a part larger than the bound before it is buffered', () => {
    const parser = new MpjpegParser(10);
    expect(() => parser.push(Buffer.from('--ffmpeg\r\nContent-length: 11\r\n\r\n'))).toThrow(RangeError);
  });

  it('refuses a part without a length', () => {
    expect(() => new MpjpegParser(10).push(Buffer.from('--ffmpeg\r\nContent-type: image/jpeg\r\n\r\n'))).toThrow(
      RangeError,
    );
  });

  it('refuses a stream that is something else instead of buffering it', () => {
    expect(() => new MpjpegParser(10).push(Buffer.alloc(10_000))).toThrow('not mpjpeg');
  });
});
