import { describe, expect, it } from '@jest/globals';
import { decodeCells, numberRules, templateRules } from './cell-number.js';
import type { CellProbabilities } from './glyph-classifier.js';

const cell = (probabilities: Record<string, number>): CellProbabilities => new Map(Object.entries(probabilities));
const EMPTY = cell({ '': 0.99, '1': 0.01 });

describe('decodeCells', () => {
  it('reads right-aligned numbers and leaves empty cells out', () => {
    const cells = [EMPTY, cell({ '4': 0.95, '': 0.05 }), cell({ '2': 0.97, '': 0.03 })];
    const { text, confidence } = decodeCells(cells, numberRules(3), 1, false);
    expect(text).toBe('42');
    expect(confidence).toBeGreaterThan(0.9);
  });

  it('is empty when nothing is drawn', () => {
    expect(decodeCells([EMPTY, EMPTY, EMPTY], numberRules(3), 1, false).text).toBe('');
  });

  it('closes a gap, which a number cannot have, by the likelier way', () => {
    const cells = [cell({ '1': 0.9, '': 0.1 }), cell({ '': 0.55, '2': 0.45 }), cell({ '5': 0.98, '': 0.02 })];
    expect(decodeCells(cells, numberRules(3), 1, false).text).toBe('125');
  });

  it('takes no leading zero for a digit', () => {
    const cells = [cell({ '0': 0.6, '': 0.4 }), cell({ '7': 0.98, '': 0.02 })];
    expect(decodeCells(cells, numberRules(2), 1, false).text).toBe('7');
  });

  it('reads a minus only where one is allowed', () => {
    const cells = [cell({ '-': 0.8, '': 0.2 }), cell({ '3': 0.9, '': 0.1 })];
    expect(decodeCells(cells, numberRules(2), 1, true).text).toBe('-3');
    expect(decodeCells(cells, numberRules(2), 1, false).text).toBe('3');
  });

  it('keeps to a template: a clock has a colon and no more than 59 seconds', () => {
    const cells = [
      EMPTY,
      EMPTY,
      cell({ '0': 0.99 }),
      cell({ ':': 0.6, '1': 0.4 }),
      cell({ '8': 0.6, '3': 0.4 }),
      cell({ '5': 0.9 }),
    ];
    expect(decodeCells(cells, templateRules('999:59'), 4, false).text).toBe('0:35');
  });

  it('is unsure when two readings are alike', () => {
    const cells = [EMPTY, EMPTY, cell({ '6': 0.5, '8': 0.49, '': 0.01 })];
    expect(decodeCells(cells, numberRules(3), 1, false).confidence).toBeLessThan(0.6);
  });
});
