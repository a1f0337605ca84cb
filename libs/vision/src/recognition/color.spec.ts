import { describe, expect, it } from '@jest/globals';
import type { RgbImage } from '@jiga/media';
import { OPENARENA } from '../profiles/openarena.profile.js';
import { dominantColor, hueOf, tintColor } from './color.js';

const RED = OPENARENA.colors.filter(({ name }) => name === 'red');
const AREA = { x: 0, y: 0, width: 40, height: 20 };

/** A picture whose pixel colours are a function of their place. */
function picture(
  color: (x: number, y: number) => readonly [number, number, number],
  width = 120,
  height = 40,
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(color(x, y), (y * width + x) * 3);
  }
  return { data, width, height };
}

describe('hueOf', () => {
  it.each([
    [255, 0, 0, 0],
    [0, 0, 255, 240],
    [0, 128, 0, 120],
    [90, 90, 90, 0],
  ])('turns red %p, green %p, blue %p into %p degrees', (red, green, blue, expected) => {
    expect(hueOf(red, green, blue)).toBe(expected);
  });
});

describe('dominantColor', () => {
  it('names the colour that covers most, if it covers enough', () => {
    const half = picture((x) => (x < 20 ? [220, 20, 10] : [20, 30, 240]));
    expect(dominantColor(half, AREA, OPENARENA.colors, 0.3)?.share).toBeCloseTo(0.5, 1);
    expect(dominantColor(half, { ...AREA, width: 20 }, OPENARENA.colors, 0.3)?.name).toBe('red');
    expect(dominantColor(half, { ...AREA, x: 20, width: 20 }, RED, 0.3)).toBeNull();
  });

  it('finds red on both ends of the hue circle', () => {
    for (const color of [
      [220, 0, 30],
      [220, 30, 0],
    ] as const)
      expect(
        dominantColor(
          picture(() => color),
          AREA,
          RED,
          0.5,
        )?.name,
      ).toBe('red');
  });
});

describe('tintColor', () => {
  const below = { x: 0, y: 20, width: 120, height: 6 };
  /** A scene of changing colours, with a third of `tint` over its lower half. */
  const tinted = (tint: readonly [number, number, number] | null): RgbImage =>
    picture((x, y) => {
      const scene = [60 + (x % 50), 40 + (x % 90), 30 + ((x * 7) % 80)] as const;
      if (!tint || y < 20) return scene;
      return [0, 1, 2].map((c) => Math.round((scene[c] ?? 0) * 0.67 + (tint[c] ?? 0) * 0.33)) as [
        number,
        number,
        number,
      ];
    });

  it('tells a red from a blue bar over any scene', () => {
    expect(tintColor(tinted([255, 0, 0]), below)?.name).toBe('red');
    expect(tintColor(tinted([0, 0, 255]), below)?.name).toBe('blue');
  });

  it('sees none in a scene that goes on, gets darker all over, or is black', () => {
    expect(tintColor(tinted(null), below)).toBeNull();
    expect(tintColor(tinted([0, 0, 0]), below)).toBeNull();
    expect(
      tintColor(
        picture(() => [2, 2, 2]),
        below,
      ),
    ).toBeNull();
  });
});
