import type { RecognisedWord, SpokenCommand } from '../../ports/recognition.port.js';
import type { Recognition } from './sound-swallower.js';
import { VOICED, type Utterance } from './utterance.js';

const WINDOW_MS = 32;
/** Keeps the logarithm of certainty finite. */
const DOUBT_MIN = 0.003;
const LENGTH_MIN_S = 0.2;

/** What speaks for and against a recognition. */
export interface Witnesses {
  /** The words' score less that of any phones in any order, per frame: far below zero where the grammar lacks what was said. */
  readonly margin: number;
  /** Part of the voiced sound that the words cover: low when more was said than was understood. */
  readonly coverage: number;
  /** Part of the words that is voiced: a shot can sound like a short word, but little of it like a voice. */
  readonly voiced: number;
  /** Natural logarithm of the voice detector's doubt where it is surest. */
  readonly doubt: number;
  /** One over the root of the words' length in seconds: what their edges take from the margin weighs more in a short command. */
  readonly brevity: number;
}

/**
 * Weight of each witness in the logit of being right. Fitted to 200 drawn commands in five conditions, 104 other sentences in
 * three, and game sound, by the method of `npm run bench:voice -- --only judgement`: that draws others, and comes out near.
 */
const WEIGHTS: Readonly<Record<keyof Witnesses, number>> = {
  margin: 0.426,
  coverage: 5.373,
  voiced: 2.232,
  doubt: -0.78,
  brevity: 4.532,
};
const INTERCEPT = -7.74;
/** Probability from which on a command is acted upon: a wrong one is worse than one that has to be said again. */
const ACCEPTED_FROM = 0.5;

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
  const { covered, voiced, spoken } = countWindows(words, probabilities);
  const length = words.reduce((sum, word) => sum + lengthOf(word), 0);
  return {
    margin: score - phoneScore,
    coverage: voiced === 0 ? 0 : covered / voiced,
    voiced: spoken === 0 ? 0 : covered / spoken,
    doubt: Math.log(1 - Math.max(0, ...probabilities) + DOUBT_MIN),
    brevity: 1 / Math.sqrt(Math.max(LENGTH_MIN_S, length / 1000)),
  };
}

function probabilityOf(witnesses: Witnesses): number {
  const names = Object.keys(WEIGHTS) as (keyof Witnesses)[];
  const logit = names.reduce((sum, name) => sum + WEIGHTS[name] * witnesses[name], INTERCEPT);
  return 1 / (1 + Math.exp(-logit));
}

const lengthOf = ({ startMs, endMs }: RecognisedWord): number => endMs - startMs;

/** Windows that are voiced, that lie within a word, and that are both. */
function countWindows(words: readonly RecognisedWord[], probabilities: readonly number[]) {
  let [voiced, covered, spoken] = [0, 0, 0];
  for (const [index, probability] of probabilities.entries()) {
    const middle = (index + 0.5) * WINDOW_MS;
    const isVoiced = probability >= VOICED;
    const isSpoken = words.some(({ startMs, endMs }) => middle >= startMs && middle < endMs);
    voiced += Number(isVoiced);
    spoken += Number(isSpoken);
    covered += Number(isVoiced && isSpoken);
  }
  return { voiced, covered, spoken };
}
