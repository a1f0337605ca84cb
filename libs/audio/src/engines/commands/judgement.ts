import type { RecognisedWord, SpokenCommand } from '../../ports/recognition.port.js';
import type { Recognition } from './sound-swallower.js';
import { VOICED, type Utterance } from './utterance.js';

const WINDOW_MS = 32;
/** Keeps the logarithm of certainty finite. */
const DOUBT_MIN = 0.003;

/** What speaks for and against a recognition. */
export interface Witnesses {
  /** The words' score less that of any phones in any order, per frame: far below zero where the grammar lacks what was said. */
  readonly margin: number;
  /** Part of the voiced sound that the words cover: low when more was said than was understood. */
  readonly coverage: number;
  /** Natural logarithm of the voice detector's doubt where it is surest. */
  readonly doubt: number;
  /** What any phones score, per frame: low in noise, where less of a margin is to be had. */
  readonly clarity: number;
  /** Natural logarithm of the words' number: the more, the more ways there were to come close to something else. */
  readonly length: number;
}

/** Weight of each witness in the logit of being right, as `npm run bench:voice -- --only judgement --phrases 200` fits them. */
const WEIGHTS: Readonly<Record<keyof Witnesses, number>> = {
  margin: 0.336,
  coverage: 0.572,
  doubt: -0.619,
  clarity: -0.154,
  length: -2.583,
};
const INTERCEPT = 3.434;
/** Probability from which on a command is acted upon: a wrong one is worse than one that has to be said again. */
const ACCEPTED_FROM = 0.55;

/** How sure a recognition is: the probability that it is right, by a logistic model of its witnesses. */
export function judge(recognition: Recognition, utterance: Utterance): SpokenCommand {
  const { text, words } = recognition;
  const witnesses = witnessesOf(recognition, utterance);
  const confidence = probabilityOf(witnesses);
  const { startMs } = utterance;
  const placed = words.map((word) => ({ ...word, startMs: word.startMs + startMs, endMs: word.endMs + startMs }));
  return { text, words: placed, confidence, coverage: witnesses.coverage, accepted: confidence >= ACCEPTED_FROM };
}

export function witnessesOf({ words, score, phoneScore }: Recognition, { probabilities }: Utterance): Witnesses {
  const { covered, voiced } = countWindows(words, probabilities);
  return {
    margin: score - phoneScore,
    coverage: voiced === 0 ? 0 : covered / voiced,
    doubt: Math.log(1 - Math.max(0, ...probabilities) + DOUBT_MIN),
    clarity: phoneScore,
    length: Math.log(words.length),
  };
}

function probabilityOf(witnesses: Witnesses): number {
  const names = Object.keys(WEIGHTS) as (keyof Witnesses)[];
  const logit = names.reduce((sum, name) => sum + WEIGHTS[name] * witnesses[name], INTERCEPT);
  return 1 / (1 + Math.exp(-logit));
}

/** Windows that are voiced, and those of them that lie within a word. */
function countWindows(words: readonly RecognisedWord[], probabilities: readonly number[]) {
  let [voiced, covered] = [0, 0];
  for (const [index, probability] of probabilities.entries()) {
    if (probability < VOICED) continue;
    const middle = (index + 0.5) * WINDOW_MS;
    voiced++;
    covered += Number(words.some(({ startMs, endMs }) => middle >= startMs && middle < endMs));
  }
  return { voiced, covered };
}
