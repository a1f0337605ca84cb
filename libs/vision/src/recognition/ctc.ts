import type { OcrOutput } from './ocr-model.js';

/** Which classes of the recogniser a region may hold. Class 0 is the CTC blank and always allowed. */
export interface ClassMask {
  /** Allowed class indices without the blank, ascending. */
  readonly classes: Int32Array;
  /** Character of each entry of `classes`. */
  readonly characters: readonly string[];
  /** Position of the space in `classes`, -1 when it is not allowed. */
  readonly space: number;
}

/** The classes of the characters in `allowed`; characters that the model does not know are left out. */
export function classMask(allowed: string, characters: readonly string[]): ClassMask {
  const wanted = new Set(allowed);
  const classes: number[] = [];
  for (let index = 1; index < characters.length; index++) {
    if (wanted.has(characters[index] ?? '')) classes.push(index);
  }
  const names = classes.map((index) => characters[index] ?? '');
  return { classes: Int32Array.from(classes), characters: names, space: names.indexOf(' ') };
}

export interface DecodedCharacter {
  readonly character: string;
  /** Probability among the allowed classes, 0–1. */
  readonly confidence: number;
  /** First time step at which it stands (8 input columns a step). */
  readonly step: number;
}

export interface DecodedText {
  readonly text: string;
  /** Mean over the characters; 0 when there are none. */
  readonly confidence: number;
  readonly characters: readonly DecodedCharacter[];
}

/** Least probability of the space between two letters for a space to be put there, in text of unknown letter widths. */
const SPACE_THRESHOLD = 0.06;

/**
 * Greedy CTC decoding over the allowed classes only. Confidences are renormalised over them: a right "0" that shares
 * its probability with "o" and "O" would else look doubtful in a field that holds only digits.
 * @param letterSteps distance of neighbouring letters in time steps where all letters are equally wide: spaces then
 *   follow from the places of the letters; else from the probability of the space in the gap
 */
export function decodeCtc(output: OcrOutput, mask: ClassMask, letterSteps: number | null = null): DecodedText {
  const found: DecodedCharacter[] = [];
  let previous = -1;
  let gapSpace = 0;
  for (let step = 0; step < output.steps; step++) {
    const { best, confidence, space } = bestOf(output, mask, step);
    gapSpace = Math.max(gapSpace, space);
    const isNew = best >= 0 && best !== previous && !(letterSteps !== null && best === mask.space);
    previous = best;
    if (!isNew) continue;
    const last = found.at(-1);
    const gap = letterSteps === null ? gapSpace > SPACE_THRESHOLD : step - (last?.step ?? step) > letterSteps * 1.55;
    if (gap && last && last.character !== ' ' && best !== mask.space)
      found.push({ character: ' ', confidence: 1, step });
    found.push({ character: mask.characters[best] ?? '', confidence, step });
    gapSpace = 0;
  }
  const visible = found.filter(({ character }) => character !== ' ');
  const sum = visible.reduce((total, { confidence }) => total + confidence, 0);
  const text = found.map(({ character }) => character).join('');
  return { text: text.trim(), confidence: visible.length > 0 ? sum / visible.length : 0, characters: found };
}

/** The likeliest allowed class of one step as an index into the mask; -1 is the blank. */
function bestOf(output: OcrOutput, mask: ClassMask, step: number): { best: number; confidence: number; space: number } {
  const base = step * output.classes;
  const { probabilities } = output;
  let best = -1;
  let top = probabilities[base] ?? 0;
  let total = top;
  for (let i = 0; i < mask.classes.length; i++) {
    const probability = probabilities[base + (mask.classes[i] ?? 0)] ?? 0;
    total += probability;
    if (probability > top) {
      top = probability;
      best = i;
    }
  }
  const space = mask.space < 0 ? 0 : (probabilities[base + (mask.classes[mask.space] ?? 0)] ?? 0);
  return { best, confidence: total > 0 ? top / total : 0, space };
}
