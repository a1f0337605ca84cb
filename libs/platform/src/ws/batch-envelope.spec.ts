import { describe, expect, it } from '@jest/globals';

import { AppError } from '@jiga/contracts';

import { parseBatch } from './batch-envelope.js';

const parse = (text: string) => parseBatch(Buffer.from(text), 'frame_data');
const codeOf = (text: string): string => {
  try {
    parse(text);
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
};

describe('parseBatch', () => {
  it('lifts the pictures out, in order, however the members stand', () => {
    const message = '{"frames":[{"frame_data":"AAA=","id":1},{"id":2,"frame_data" : "B\\/B="},{"id":3}],"type":"b"}';
    expect(parse(message)).toEqual({
      fields: { type: 'b', frames: [{ frame_data: '', id: 1 }, { id: 2, frame_data: '' }, { id: 3 }] },
      blobs: ['AAA=', 'B/B='],
    });
  });

  it('leaves alone what only looks like one', () => {
    const message = {
      frame_data: 'top',
      a: [{ x: 'frame_data', y: { frame_data: 'deep' }, frame_data: 7 }],
      b: ['frame_data'],
    };
    expect(parse(JSON.stringify(message))).toEqual({ fields: message, blobs: [] });
    expect(parse('{"a":[["frame_data","x"]]}').blobs).toEqual([]);
  });

  it('takes pictures of any size and little else', () => {
    const frame_data = 'A'.repeat(3_000_000);
    expect(parse(JSON.stringify({ frames: [{ frame_data }, { frame_data }] })).blobs[1]).toHaveLength(3_000_000);
    expect(codeOf(JSON.stringify({ frames: [{ other: frame_data }] }))).toBe('message_too_large');
    expect(codeOf(`{"frames":[${'[],'.repeat(40_000)}[]]}`)).toBe('message_too_large');
    expect(codeOf(JSON.stringify({ frames: Array.from({ length: 70 }, () => ({ frame_data: 'A' })) }))).toBe(
      'invalid_message',
    );
  });

  it.each([
    ['{"frames":[{"frame_data":"A}', 'malformed_json'],
    ['{"frames":[{"frame_data":"\\x"}]}', 'malformed_json'],
    ['[1]', 'invalid_message'],
    ['', 'malformed_json'],
    ['['.repeat(40), 'invalid_message'],
  ])('refuses %s as %s', (text, code) => expect(codeOf(text)).toBe(code));
});
