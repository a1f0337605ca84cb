import type { CellProbabilities } from './glyph-classifier.js';

export interface CellText {
  /** Empty when most likely nothing is drawn. */
  readonly text: string;
  /** Probability among all that may stand here, 0–1. */
  readonly confidence: number;
}

/** Which characters may stand in a cell: one of them, or nothing. */
export interface CellRule {
  readonly characters: string;
}

const DIGITS = '0123456789';

/** Rules of the cells for a template such as `999:59` (see `DigitCell.template`), the last cell last. */
export function templateRules(template: string): CellRule[] {
  const sets: Readonly<Record<string, string>> = { '9': DIGITS, '5': '012345' };
  return Array.from(template, (sign) => ({ characters: sets[sign] ?? sign }));
}

/** Rules for a whole number of at most `count` digits. */
export function numberRules(count: number): CellRule[] {
  return Array.from({ length: count }, () => ({ characters: DIGITS }));
}

/**
 * The likeliest right-aligned text: some empty cells, then perhaps a minus, then characters to the end without a gap.
 * What cannot stand there (a gap, a leading zero) takes no part, and the confidence is renormalised over what can.
 * @param least fewest characters that a text has
 * @param minus whether a minus may stand before the number
 */
export function decodeCells(
  cells: readonly CellProbabilities[],
  rules: readonly CellRule[],
  least: number,
  minus: boolean,
): CellText {
  let best: CellText = { text: '', confidence: cells.reduce((product, cell) => product * (cell.get('') ?? 0), 1) };
  let total = best.confidence;
  for (let first = 0; first <= cells.length - least; first++) {
    const before = cells.slice(0, first).reduce((product, cell) => product * (cell.get('') ?? 0), 1);
    const { text, probability, all } = drawn(cells, rules, first);
    total += before * all;
    if (before * probability > best.confidence) best = { text, confidence: before * probability };
    if (!minus || first === 0) continue;
    const sign = before / Math.max(cells[first - 1]?.get('') ?? 1, 1e-9);
    const withMinus = sign * (cells[first - 1]?.get('-') ?? 0);
    total += withMinus * all;
    if (withMinus * probability > best.confidence) best = { text: `-${text}`, confidence: withMinus * probability };
  }
  return { text: best.text, confidence: total > 0 ? best.confidence / total : 0 };
}

/** The likeliest characters from cell `first` on, their probability, and that of all texts which begin there. */
function drawn(
  cells: readonly CellProbabilities[],
  rules: readonly CellRule[],
  first: number,
): { text: string; probability: number; all: number } {
  let text = '';
  let probability = 1;
  let all = 1;
  for (let at = first; at < cells.length; at++) {
    const allowed = rules[at]?.characters ?? '';
    // A number of several digits does not begin with 0; a clock may (its minutes).
    const leadingZero = at === first && first < cells.length - 1 && rules[cells.length - 3]?.characters !== ':';
    let top = { character: '', value: 0 };
    let sum = 0;
    for (const character of allowed) {
      const value = leadingZero && character === '0' ? 0 : (cells[at]?.get(character) ?? 0);
      sum += value;
      if (value > top.value) top = { character, value };
    }
    text += top.character;
    probability *= top.value;
    all *= sum;
  }
  return { text, probability, all };
}
