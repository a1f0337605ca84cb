import { describe, expect, it } from '@jest/globals';

import { parseJson } from './json-body.js';

const code = (text: string): unknown => {
  try {
    parseJson(text);
    return 'taken';
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('parseJson', () => {
  it('takes JSON and gives an empty body as none', () => {
    expect(parseJson('{"a":[1,{"b":"}]"}]}')).toEqual({ a: [1, { b: '}]' }] });
    expect(parseJson(' \n')).toBeUndefined();
  });

  it('counts brackets outside strings only, also after escaped quotes', () => {
    expect(code(`{"a":"${'['.repeat(100)}"}`)).toBe('taken');
    expect(code(`{"a":"\\"${'['.repeat(100)}\\\\","b":[]}`)).toBe('taken');
  });

  it.each([
    ['text that ends early', '{"a":'],
    ['an unfinished string', '"'],
    ['nesting without end', '['.repeat(1_000_000)],
    ['a key that would set a prototype', '{"a":{"__proto__":1}}'],
    ['the same key in disguise', '{"\\u005f_proto__":1}'],
  ])('refuses %s', (_name, text) => {
    expect(code(text)).toBe('malformed_json');
  });

  it('does not repeat the body in its error', () => {
    expect(() => parseJson('{"secret-value"}')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    );
  });
});
