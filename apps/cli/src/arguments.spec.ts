import { describe, expect, it } from '@jest/globals';
import { parseSize, positiveNumber } from './arguments.js';

describe('parseSize', () => {
  it('reads a size, or native', () => {
    expect(parseSize('1280x720')).toEqual({ width: 1280, height: 720 });
    expect(parseSize('native')).toBeNull();
  });
  it('refuses anything else', () => {
    for (const text of ['1280', '1280x', 'x720', '99999x1', '-1x5', ''])
      expect(() => parseSize(text)).toThrow('Not a size');
  });
});

describe('positiveNumber', () => {
  it('reads numbers above 0 and names the option otherwise', () => {
    expect(positiveNumber('--fps', '2.5')).toBe(2.5);
    for (const text of ['0', '-1', 'five', '', 'Infinity'])
      expect(() => positiveNumber('--fps', text)).toThrow('--fps');
  });
});
