import type { RecognisedWord, SpokenCommand } from '../../ports/recognition.port.js';
import type { Recognition } from './sound-swallower.js';
import { VOICED, type Utterance } from './utterance.js';

const WINDOW_MS = 32;

/** Bounds that a command has to pass to be acted upon; measured, see test/load/bench-voice. */
const GATES = { confidence: 0.87, leastOfAnyWord: 0.78, coverage: 0.72, voicedPart: 0.5 } as const;

/** How sure a recognition is, from the words' own confidences and from how much of the voiced sound they account for. */
export function judge({ text, words }: Recognition, { probabilities, startMs }: Utterance): SpokenCommand {
  const confidence = meanConfidence(words);
  const { covered, voiced, spoken } = countWindows(words, probabilities);
  const coverage = voiced === 0 ? 0 : covered / voiced;
  const least = Math.min(...words.map((word) => word.confidence));
  const accepted =
    confidence >= GATES.confidence &&
    least >= GATES.leastOfAnyWord &&
    coverage >= GATES.coverage &&
    // A shot can sound like a short word, but little of it sounds like a voice.
    covered >= spoken * GATES.voicedPart;
  const placed = words.map((word) => ({ ...word, startMs: word.startMs + startMs, endMs: word.endMs + startMs }));
  return { text, words: placed, confidence, coverage, accepted };
}

function meanConfidence(words: readonly RecognisedWord[]): number {
  const length = words.reduce((sum, word) => sum + lengthOf(word), 0);
  return words.reduce((sum, word) => sum + word.confidence * lengthOf(word), 0) / Math.max(1, length);
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
