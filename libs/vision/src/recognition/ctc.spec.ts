import { describe, expect, it } from '@jest/globals';
import { classMask, decodeCtc } from './ctc.js';
import type { OcrOutput } from './ocr-model.js';

const CHARACTERS = ['', '0', '1', 'o', 'a', 'b', ' ', '.'];

/** Rows of class → probability; what is left goes to the blank. */
function output(steps: readonly Readonly<Record<string, number>>[]): OcrOutput {
  const probabilities = new Float32Array(steps.length * CHARACTERS.length);
  for (const [step, row] of steps.entries()) {
    let rest = 1;
    for (const [character, value] of Object.entries(row)) {
      probabilities[step * CHARACTERS.length + CHARACTERS.indexOf(character)] = value;
      rest -= value;
    }
    probabilities[step * CHARACTERS.length] = Math.max(0, rest);
  }
  return { probabilities, steps: steps.length, classes: CHARACTERS.length };
}

describe('decodeCtc', () => {
  it('reads only allowed characters and renormalises the confidence over them', () => {
    const steps = [{ o: 0.7, '0': 0.25 }, {}, { '1': 0.9 }];
    const digits = decodeCtc(output(steps), classMask('01', CHARACTERS));
    expect(digits.text).toBe('01');
    // 0.25 of the 0.30 that is left beside the forbidden "o", and 0.9 of 1.
    expect(digits.confidence).toBeCloseTo((0.25 / 0.3 + 0.9) / 2, 3);
    expect(decodeCtc(output(steps), classMask('o1', CHARACTERS)).text).toBe('o1');
  });

  it('merges repeated steps and keeps doubled letters that a blank parts', () => {
    const steps = [{ a: 0.9 }, { a: 0.8 }, {}, { a: 0.9 }, { b: 0.9 }];
    expect(decodeCtc(output(steps), classMask('ab', CHARACTERS)).text).toBe('aab');
  });

  it('puts a space where the gap between letters has some probability of one', () => {
    const gap = (space: number): string =>
      decodeCtc(output([{ a: 0.9 }, { ' ': space }, { b: 0.9 }]), classMask('ab ', CHARACTERS)).text;
    expect(gap(0.02)).toBe('ab');
    expect(gap(0.2)).toBe('a b');
  });

  it('finds spaces by the places of the letters where all are equally wide', () => {
    const steps = [{ a: 0.9 }, {}, {}, { b: 0.9, ' ': 0.1 }, {}, {}, {}, {}, {}, { a: 0.9 }];
    expect(decodeCtc(output(steps), classMask('ab ', CHARACTERS), 3).text).toBe('ab a');
  });

  it('drops points of the scene between letters that are all equally wide', () => {
    const steps = [{ a: 0.9 }, { '.': 0.6 }, {}, { b: 0.9 }, {}, {}, { '.': 0.8 }];
    expect(decodeCtc(output(steps), classMask('ab. ', CHARACTERS), 3).text).toBe('ab.');
    expect(decodeCtc(output(steps), classMask('ab. ', CHARACTERS)).text).toBe('a.b.');
  });

  it('is empty without confidence when there is nothing', () => {
    expect(decodeCtc(output([{}, {}]), classMask('ab', CHARACTERS))).toMatchObject({ text: '', confidence: 0 });
  });
});
