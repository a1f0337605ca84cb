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

export interface DecodedText {
  readonly text: string;
  /** Mean over the characters; 0 when there are none. */
  readonly confidence: number;
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
  const letters: Letter[] = [];
  let previous = -1;
  let gapSpace = 0;
  for (let step = 0; step < output.steps; step++) {
    const { best, confidence, space } = bestOf(output, mask, step);
    gapSpace = Math.max(gapSpace, space);
    const isNew = best >= 0 && best !== previous && best !== mask.space;
    previous = best;
    if (!isNew) continue;
    letters.push({ character: mask.characters[best] ?? '', confidence, step, gapSpace });
    gapSpace = 0;
  }
  const onGrid = letterSteps === null ? letters : letters.filter((_, i) => !isSpeck(letters, i, letterSteps));
  const sum = onGrid.reduce((total, { confidence }) => total + confidence, 0);
  return {
    text: onGrid.map((letter, i) => (spaceBefore(onGrid, i, letterSteps) ? ' ' : '') + letter.character).join(''),
    confidence: onGrid.length > 0 ? sum / onGrid.length : 0,
  };
}

interface Letter {
  readonly character: string;
  /** Probability among the allowed classes, 0–1. */
  readonly confidence: number;
  /** First time step at which it stands. */
  readonly step: number;
  /** Highest probability of a space since the letter before. */
  readonly gapSpace: number;
}

/** Parts of a letter's width: nearer than the first to a neighbour stands no letter of its own, farther than the second a space. */
const SPECK_DISTANCE = 0.7;
const SPACE_DISTANCE = 1.55;

/** Whether this is a point or a stroke of the scene that was taken for punctuation: too near to a neighbour. */
function isSpeck(letters: readonly Letter[], index: number, letterSteps: number): boolean {
  const letter = letters[index];
  if (!letter || /[\p{L}\p{N}]/u.test(letter.character)) return false;
  const near = (other: Letter | undefined): boolean =>
    other !== undefined && Math.abs(other.step - letter.step) < letterSteps * SPECK_DISTANCE;
  return near(letters[index - 1]) || near(letters[index + 1]);
}

function spaceBefore(letters: readonly Letter[], index: number, letterSteps: number | null): boolean {
  const letter = letters[index];
  const before = letters[index - 1];
  if (!letter || !before) return false;
  if (letterSteps === null) return letter.gapSpace > SPACE_THRESHOLD;
  return letter.step - before.step > letterSteps * SPACE_DISTANCE;
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
