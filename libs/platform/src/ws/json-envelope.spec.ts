import { describe, expect, it } from '@jest/globals';

import { parseEnvelope } from './json-envelope.js';

const parse = (text: string) => parseEnvelope(Buffer.from(text), 'frame_data');
const codeOf = (text: string): unknown => {
  try {
    parse(text);
  } catch (error) {
    return (error as { code: unknown }).code;
  }
  return 'no error';
};

describe('parseEnvelope', () => {
  it('lifts the member out wherever it stands and keeps the others', () => {
    const message = { type: 'analyze_frame', frame_data: 'QUJD'.repeat(20_000), timestamp: 1.5, request_id: 'r' };
    expect(parse(JSON.stringify(message))).toEqual({
      fields: { type: 'analyze_frame', timestamp: 1.5, request_id: 'r' },
      blob: message.frame_data,
    });
    expect(parse('{"frame_data":"QQ==","type":"x"}')).toEqual({ fields: { type: 'x' }, blob: 'QQ==' });
    expect(parse(' { "type" : "x" , "frame_data" : "QQ==" } ')).toEqual({ fields: { type: 'x' }, blob: 'QQ==' });
  });

  it.each([
    ['a key inside a nested object', { type: 'x', inner: { frame_data: 'no' } }],
    ['the key as a value', { type: 'frame_data', request_id: 'frame_data' }],
    ['a string that looks like the member', { type: 'x', request_id: '","frame_data":"no' }],
    ['a value that is no string', { type: 'x', frame_data: 5 }],
    ['quotes and backslashes', { type: 'x', source: 'a\\"b\\\\', channel: '\\' }],
    ['text outside ASCII', { type: 'x', source: 'Zoë 日本 🎮' }],
  ])('does not mistake %s for the member', (_name, message) => {
    expect(parse(JSON.stringify(message))).toEqual({ fields: message, blob: null });
  });

  it('undoes escapes in the member, as some encoders write them', () => {
    expect(parse('{"type":"x","frame_data":"\\/9j\\/"}').blob).toBe('/9j/');
    expect(parse('{"type":"x","frame_data":"\\/9j","source":"\\""}').blob).toBe('/9j');
    expect(parse('{"type":"x","frame\\u005fdata":"QQ=="}')).toEqual({
      fields: { type: 'x', frame_data: 'QQ==' },
      blob: null,
    });
  });

  it('agrees with JSON.parse about what is JSON', () => {
    const texts = [
      '',
      '{',
      '{"a":1',
      '{"a"}',
      '{"frame_data":"x"',
      '{"frame_data":"x',
      '{"frame_data" "x"}',
      '{"frame_data":"x",}',
      '{"frame_data":"x"}}',
      '{"frame_data":"x"}{"b":1}',
      '{"a":tru}',
      "{'a':1}",
      '{"a":"\u0001"}',
      'nonsense',
    ];
    for (const text of texts) {
      expect(() => JSON.parse(text) as unknown).toThrow();
      expect([text, codeOf(text)]).toEqual([text, 'malformed_json']);
    }
  });

  it('takes one object only', () => {
    for (const text of ['[]', '[{"type":"ping"}]', '5', '"text"', 'null', 'true']) {
      expect([text, codeOf(text)]).toEqual([text, 'invalid_message']);
    }
  });

  it('refuses the member twice, deep nesting and a long rest', () => {
    expect(codeOf('{"frame_data":"a","frame_data":"b"}')).toBe('invalid_message');
    expect(codeOf(`{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`)).toBe('invalid_message');
    expect(codeOf(`{"a":[${'[],'.repeat(50_000)}1]}`)).toBe('message_too_large');
    expect(codeOf(`{"a":"${'x'.repeat(70_000)}"}`)).toBe('message_too_large');
    expect(codeOf(`${' '.repeat(70_000)}{}`)).toBe('message_too_large');
  });
});
