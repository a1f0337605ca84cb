import type { CallResult, PlannedCall } from '@jiga/contracts';

import type {
  ModelUsage,
  ReplyMessage,
  ReplyRequest,
  SpeechRequest,
  TranscriptionRequest,
  VisionRequest,
} from '../ports/index.js';

/** What a call can come to at most, and what it is taken to have cost when nobody says. */
export interface CallPlan {
  readonly most: Pick<PlannedCall, 'mostInputTokens' | 'mostOutputTokens' | 'mostAudioSeconds'>;
  /** Of a call that was made without an answer that tells. */
  readonly guess: CallResult;
}

/** Tokens are pieces of text: never more than its bytes, in Latin script about a quarter of its characters. */
const mostTokens = (text: string): number => Buffer.byteLength(text);
const likelyTokens = (text: string): number => Math.ceil(text.length / 4);
/** What a message or a tool costs beyond its text. */
const OVERHEAD_TOKENS = 64;
/** How vendors that publish it count a picture: about a token for 750 pixels. */
const PIXELS_PER_TOKEN = 750;
const pictureTokens = ({ width, height }: { readonly width: number; readonly height: number }): number =>
  Math.ceil((width * height) / PIXELS_PER_TOKEN);
/** Of speech, when only the text is known. */
const CHARACTERS_PER_SECOND = 15;

export function planVision({ question, context, width, height, maxOutputTokens }: VisionRequest): CallPlan {
  const text = question + (context ?? '');
  const inputTokens = likelyTokens(text) + pictureTokens({ width, height });
  return {
    // Nobody knows beforehand what a picture comes to.
    most: { mostInputTokens: null, mostOutputTokens: maxOutputTokens, mostAudioSeconds: 0 },
    guess: { inputTokens, outputTokens: 0, audioSeconds: 0 },
  };
}

export function planReply({ messages, tools, maxOutputTokens }: ReplyRequest): CallPlan {
  const texts = [...messages.map(textOf), ...tools.map((tool) => JSON.stringify(tool))];
  const pictures = messages.flatMap((message) => (message.role === 'user' && message.picture) || []);
  const sum = (count: (text: string) => number, extra: number): number =>
    texts.reduce((total, text) => total + count(text) + extra, 0);
  return {
    most: {
      // Nobody knows beforehand what a picture comes to.
      mostInputTokens: pictures.length > 0 ? null : sum(mostTokens, OVERHEAD_TOKENS),
      mostOutputTokens: maxOutputTokens,
      mostAudioSeconds: 0,
    },
    guess: {
      inputTokens: sum(likelyTokens, 0) + pictures.reduce((total, picture) => total + pictureTokens(picture), 0),
      outputTokens: 0,
      audioSeconds: 0,
    },
  };
}

export function planTranscription({ samples, sampleRateHz }: TranscriptionRequest): CallPlan {
  const audioSeconds = samples.length / sampleRateHz;
  return {
    most: { mostInputTokens: 0, mostOutputTokens: 0, mostAudioSeconds: audioSeconds },
    guess: { inputTokens: 0, outputTokens: 0, audioSeconds },
  };
}

export function planSpeech({ text, rate }: SpeechRequest): CallPlan {
  const audioSeconds = text.length / CHARACTERS_PER_SECOND / rate;
  return {
    // How long a voice takes for a text is known only when it has spoken.
    most: { mostInputTokens: mostTokens(text), mostOutputTokens: 0, mostAudioSeconds: null },
    guess: { inputTokens: 0, outputTokens: 0, audioSeconds },
  };
}

/** What a call came to: as its answer says, and where that is silent as `guess` has it. */
export const resultOf = (usage: ModelUsage, guess: CallResult): CallResult => ({
  ...guess,
  inputTokens: usage.inputTokens ?? guess.inputTokens,
  outputTokens: usage.outputTokens ?? guess.outputTokens,
});

/** What an answer's text is taken to have cost. */
export const guessOutput = (guess: CallResult, characters: number): CallResult => ({
  ...guess,
  outputTokens: Math.ceil(characters / 4),
});

function textOf(message: ReplyMessage): string {
  if (message.role === 'tool') return message.result;
  if (message.role !== 'assistant') return message.text;
  return message.text + JSON.stringify(message.toolCalls ?? []);
}
