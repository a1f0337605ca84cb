import { describe, expect, it } from '@jest/globals';

import { splitBinary } from './binary-envelope.js';

const pack = (length: number, rest: string): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  return Buffer.concat([head, Buffer.from(rest)]);
};

describe('splitBinary', () => {
  it('gives the header and the bytes after it', () => {
    const { fields, payload } = splitBinary(pack(8, '{"a":12}PAYLOAD'));
    expect(fields).toEqual({ a: 12 });
    expect(payload.toString()).toBe('PAYLOAD');
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'invalid_message'],
    ['three bytes', Buffer.alloc(3), 'invalid_message'],
    ['a header longer than the message', pack(100, '{}'), 'invalid_message'],
    ['a header of four gigabytes', pack(0xffffffff, '{}'), 'invalid_message'],
    ['an empty header', pack(0, '{}'), 'malformed_json'],
    ['a header that is an array', pack(2, '[]'), 'invalid_message'],
    ['a header cut short', pack(7, '{"a":12}'), 'malformed_json'],
  ])('refuses %s', (_name, data, code) => {
    expect(() => splitBinary(data)).toThrow(expect.objectContaining({ code }));
  });
});
