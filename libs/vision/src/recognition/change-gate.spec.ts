import { describe, expect, it } from '@jest/globals';
import { blockMeans, largestChange } from './change-gate.js';
import type { Pixels } from './change-gate.js';

const RECT = { x: 10, y: 10, width: 60, height: 20 };

function grey(value: (x: number, y: number) => number): Pixels {
  const data = new Uint8Array(100 * 50);
  for (let y = 0; y < 50; y++) for (let x = 0; x < 100; x++) data[y * 100 + x] = value(x, y);
  return { data, width: 100, height: 50, channels: 1 };
}

describe('the change gate', () => {
  const before = blockMeans(
    grey(() => 80),
    RECT,
  );

  it('does not see noise, nor what changes outside the region', () => {
    expect(
      largestChange(
        before,
        blockMeans(
          grey((x, y) => 80 + ((x * 7 + y * 13) % 9) - 4),
          RECT,
        ),
      ),
    ).toBeLessThan(6);
    expect(
      largestChange(
        before,
        blockMeans(
          grey((x) => (x < 10 ? 255 : 80)),
          RECT,
        ),
      ),
    ).toBe(0);
  });

  it('sees one changed digit in a wide region', () => {
    const digit = grey((x, y) => (x > 50 && x < 58 && y > 12 && y < 26 ? 220 : 80));
    expect(largestChange(before, blockMeans(digit, RECT))).toBeGreaterThan(100);
  });

  it('takes pictures of another size for changed', () => {
    expect(
      largestChange(
        before,
        blockMeans(
          grey(() => 80),
          { ...RECT, width: 30 },
        ),
      ),
    ).toBe(255);
  });
});
