import { describe, expect, it } from '@jest/globals';
import { InkMemory } from './ink-memory.js';
import type { InkMap } from './text-ink.js';

const GLYPH = 10;
/** Ink of letters: each number is a pattern of strokes of its own, 10 pixels wide. */
function ink(letters: readonly number[], speck: (x: number, y: number) => boolean = () => false): InkMap {
  const width = letters.length * 10;
  const data = new Uint8Array(width * 10);
  for (let y = 0; y < 10; y++) {
    for (let x = 0; x < width; x++) {
      const letter = letters[Math.floor(x / 10)] ?? 0;
      const stroke = x % 10 === 1 + (letter % 4) * 2 || (y === letter % 10 && x % 10 < 8);
      data[y * width + x] = stroke || speck(x, y) ? 1 : 0;
    }
  }
  return { data, width, height: 10 };
}

/** Columns of a wider picture in which nothing is drawn: those next to a text that stands at 20 to 99. */
const besideText = (x: number): boolean => (x >= 8 && x < 20) || (x >= 100 && x < 110);

function remembering(letters: readonly number[], text: string): InkMemory {
  const memory = new InkMemory();
  memory.remember({ ink: ink(letters), left: 0, glyphHeight: GLYPH, text, confidence: 0.9, reads: 1 }, null);
  return memory;
}

describe('InkMemory', () => {
  const memory = remembering([1, 2, 3, 4, 5, 6, 7, 8], 'a line');

  it('knows a line again although the scene behind it adds a little', () => {
    expect(memory.find(ink([1, 2, 3, 4, 5, 6, 7, 8]), GLYPH, 0)?.text).toBe('a line');
    const speckled = ink([1, 2, 3, 4, 5, 6, 7, 8], (x, y) => (x * 31 + y * 17) % 23 === 0);
    expect(memory.find(speckled, GLYPH, 0)?.text).toBe('a line');
  });

  it('knows it again when the scene beside it was taken for more text, on either side', () => {
    const wide = ink([3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 3, 3]);
    const scene = { ...wide, data: wide.data.map((value, i) => (besideText(i % wide.width) ? 0 : value)) };
    expect(memory.find(scene, GLYPH, -20)?.text).toBe('a line');
    expect(memory.find(scene, GLYPH, 0)).toBeNull();
  });

  it('does not take a line for it that goes on where it ended', () => {
    expect(memory.find(ink([1, 2, 3, 4, 5, 6, 7, 8, 9]), GLYPH, 0)).toBeNull();
    expect(memory.find(ink([9, 1, 2, 3, 4, 5, 6, 7, 8]), GLYPH, -10)).toBeNull();
  });

  it('does not take a line for it that differs in one letter, or in length', () => {
    expect(memory.find(ink([1, 2, 3, 4, 9, 6, 7, 8]), GLYPH, 0)).toBeNull();
    expect(memory.find(ink([1, 2, 3, 4, 5, 6, 7]), GLYPH, 0)).toBeNull();
  });

  it('keeps a line while it is seen, and recognises one anew that was gone for long', () => {
    const line = remembering([1, 2, 3, 4], 'Beret was in the wrong place.');
    for (let now = 1; now <= 6; now++) {
      line.begin(now);
      expect(line.find(ink([1, 2, 3, 4]), GLYPH, 0)).not.toBeNull();
    }
    line.begin(11);
    expect(line.find(ink([1, 2, 3, 4]), GLYPH, 0)).toBeNull();
  });

  it('keeps a line longer where it is looked for at longer intervals', () => {
    const name = remembering([1, 2, 3, 4], 'Sarge');
    for (const now of [2, 4.5, 7]) {
      name.begin(now, 2);
      expect(name.find(ink([1, 2, 3, 4]), GLYPH, 0)?.text).toBe('Sarge');
    }
    name.begin(14, 2);
    expect(name.find(ink([1, 2, 3, 4]), GLYPH, 0)).toBeNull();
  });

  it('forgets the oldest of many lines', () => {
    const full = remembering([1, 1, 1], 'oldest');
    for (let i = 2; i < 30; i++) {
      full.remember(
        { ink: ink([i, i + 1, i + 2, i, i]), left: 0, glyphHeight: GLYPH, text: `${i}`, confidence: 1, reads: 1 },
        null,
      );
    }
    expect(full.find(ink([1, 1, 1]), GLYPH, 0)).toBeNull();
    expect(full.find(ink([29, 30, 31, 29, 29]), GLYPH, 0)?.text).toBe('29');
  });
});
