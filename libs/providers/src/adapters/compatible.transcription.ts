import type { JsonObject } from '@jiga/contracts';

import type { OptionRules } from '../option-rules.js';
import type {
  ModelCall,
  ModelUsage,
  TranscribedWord,
  Transcript,
  TranscriptionProvider,
  TranscriptionRequest,
} from '../ports/index.js';
import { UNKNOWN_USAGE } from '../ports/index.js';
import { ProviderError } from '../provider-error.js';
import type { CompatibleService } from './compatible.service.js';
import { callFailure } from './http-failure.js';
import { wavOf } from './wav.js';

export const TRANSCRIPTION_OPTIONS: OptionRules = {
  temperature: { kind: 'number', min: 0, max: 1 },
  /** `verbose_json` gives words with their times, where the model can. */
  response_format: { kind: 'choice', of: ['json', 'verbose_json'] },
};
/** Of the prompt that hints are given in; models look at its end only. */
const HINTS_MAX_LENGTH = 800;

/** `POST /audio/transcriptions` of OpenAI and all who speak its protocol. */
export class CompatibleTranscription implements TranscriptionProvider {
  constructor(private readonly service: CompatibleService) {}

  async transcribe(request: TranscriptionRequest, call: ModelCall): Promise<Transcript> {
    const body = formOf(request, call);
    const response = await this.service.call('/audio/transcriptions', { method: 'POST', body, signal: call.signal });
    try {
      return readTranscript(await response.json(), request);
    } catch (error) {
      throw callFailure(error, call.signal);
    }
  }
}

function formOf({ samples, sampleRateHz, language, hints }: TranscriptionRequest, call: ModelCall): FormData {
  const { temperature, response_format: format = 'json' } = call.options;
  const form = new FormData();
  form.set('file', new Blob([wavOf(samples, sampleRateHz)], { type: 'audio/wav' }), 'speech.wav');
  form.set('model', call.model);
  form.set('response_format', String(format));
  if (format === 'verbose_json') form.set('timestamp_granularities[]', 'word');
  if (typeof temperature === 'number') form.set('temperature', String(temperature));
  // The protocol knows ISO 639-1 alone.
  if (language !== null) form.set('language', language.split('-')[0]?.toLowerCase() ?? language);
  if (hints.length > 0) form.set('prompt', hints.join(', ').slice(0, HINTS_MAX_LENGTH));
  return form;
}

function readTranscript(answer: unknown, { samples, sampleRateHz }: TranscriptionRequest): Transcript {
  const fields = typeof answer === 'object' && answer !== null ? (answer as JsonObject) : {};
  const { text, language, words, usage } = fields;
  if (typeof text !== 'string') throw new ProviderError('bad_answer', 'Its answer holds no text.');
  return {
    text: text.trim(),
    language: typeof language === 'string' ? language : null,
    words: Array.isArray(words) ? words.flatMap(readWord) : null,
    confidence: null,
    seconds: samples.length / sampleRateHz,
    usage: readUsage(usage),
  };
}

function readWord(word: unknown): TranscribedWord[] {
  const { word: text, start, end } = typeof word === 'object' && word !== null ? (word as JsonObject) : {};
  if (typeof text !== 'string' || typeof start !== 'number' || typeof end !== 'number') return [];
  return [{ text, startS: start, endS: end, confidence: null }];
}

function readUsage(usage: unknown): ModelUsage {
  if (typeof usage !== 'object' || usage === null) return UNKNOWN_USAGE;
  const { input_tokens: input, output_tokens: output } = usage as JsonObject;
  return {
    inputTokens: typeof input === 'number' ? input : null,
    outputTokens: typeof output === 'number' ? output : null,
  };
}
