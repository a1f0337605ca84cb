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

function remembering(letters: readonly number[], text: string): InkMemory {
  const memory = new InkMemory();
  memory.remember({ ink: ink(letters), glyphHeight: GLYPH, text, confidence: 0.9, reads: 1 }, null);
  return memory;
}

describe('InkMemory', () => {
  const memory = remembering([1, 2, 3, 4, 5, 6, 7, 8], 'a line');

  it('knows a line again although the scene behind it adds a little', () => {
    expect(memory.find(ink([1, 2, 3, 4, 5, 6, 7, 8]), GLYPH)?.text).toBe('a line');
    const speckled = ink([1, 2, 3, 4, 5, 6, 7, 8], (x, y) => (x * 31 + y * 17) % 23 === 0);
    expect(memory.find(speckled, GLYPH)?.text).toBe('a line');
  });

  it('does not take a line for it that differs in one letter, or in length', () => {
    expect(memory.find(ink([1, 2, 3, 4, 9, 6, 7, 8]), GLYPH)).toBeNull();
    expect(memory.find(ink([1, 2, 3, 4, 5, 6, 7]), GLYPH)).toBeNull();
  });

  it('keeps a line while it is seen, and recognises one anew that was gone for long', () => {
    const line = remembering([1, 2, 3, 4], 'Beret was in the wrong place.');
    for (let now = 1; now <= 6; now++) {
      line.begin(now);
      expect(line.find(ink([1, 2, 3, 4]), GLYPH)).not.toBeNull();
    }
    line.begin(11);
    expect(line.find(ink([1, 2, 3, 4]), GLYPH)).toBeNull();
  });

  it('keeps a line longer where it is looked for at longer intervals', () => {
    const name = remembering([1, 2, 3, 4], 'Sarge');
    for (const now of [2, 4.5, 7]) {
      name.begin(now, 2);
      expect(name.find(ink([1, 2, 3, 4]), GLYPH)?.text).toBe('Sarge');
    }
    name.begin(14, 2);
    expect(name.find(ink([1, 2, 3, 4]), GLYPH)).toBeNull();
  });

  it('forgets the oldest of many lines', () => {
    const full = remembering([1, 1, 1], 'oldest');
    for (let i = 2; i < 30; i++) {
      full.remember(
        { ink: ink([i, i + 1, i + 2, i, i]), glyphHeight: GLYPH, text: `${i}`, confidence: 1, reads: 1 },
        null,
      );
    }
    expect(full.find(ink([1, 1, 1]), GLYPH)).toBeNull();
    expect(full.find(ink([29, 30, 31, 29, 29]), GLYPH)?.text).toBe('29');
  });
});
