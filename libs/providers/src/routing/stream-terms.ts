import type { ReplyPart, SpokenAudio } from '../ports/index.js';
import type { StreamTerms } from './attempt-stream.js';
import { guessOutput, resultOf, type CallPlan } from './call-plan.js';

/** Counts by the text until the end says what it was. */
export function replyTerms({ guess }: CallPlan, firstTimeoutMs: number, nextTimeoutMs: number): StreamTerms<ReplyPart> {
  let characters = 0;
  return {
    firstTimeoutMs,
    nextTimeoutMs,
    amount: (part) => {
      if (part.type === 'text') characters += part.text.length;
      if (part.type === 'tool_call') characters += JSON.stringify(part.call.arguments).length;
      const guessed = guessOutput(guess, characters);
      return part.type === 'end' ? resultOf(part.usage, guessed) : guessed;
    },
  };
}

/** Counts the seconds that were spoken. */
export function speechTerms({ guess }: CallPlan, audio: SpokenAudio, timeoutMs: number): StreamTerms<Int16Array> {
  let samples = 0;
  return {
    firstTimeoutMs: timeoutMs,
    nextTimeoutMs: timeoutMs,
    amount: (chunk) => {
      samples += chunk.length;
      return resultOf(audio.usage(), { ...guess, audioSeconds: samples / audio.sampleRateHz });
    },
  };
}
