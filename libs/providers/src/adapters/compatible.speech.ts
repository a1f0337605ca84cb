import type { OptionRules } from '../option-rules.js';
import {
  UNKNOWN_USAGE,
  type ModelCall,
  type SpeechProvider,
  type SpeechRequest,
  type SpokenAudio,
} from '../ports/index.js';
import { ProviderError } from '../provider-error.js';
import type { CompatibleService } from './compatible.service.js';
import { callFailure } from './http-failure.js';
import { readWav } from './wav.js';

export const SPEECH_OPTIONS: OptionRules = {
  voice: { kind: 'text', maxLength: 128 },
  /** How to speak, for models that follow it. */
  instructions: { kind: 'text', maxLength: 1_000 },
};
/** What the protocol allows. */
const SLOWEST = 0.25;
const FASTEST = 4;

/** `POST /audio/speech` of OpenAI and all who speak its protocol. */
export class CompatibleSpeech implements SpeechProvider {
  /** @param defaultVoice null = the service has one of its own */
  constructor(
    private readonly service: CompatibleService,
    private readonly defaultVoice: string | null,
  ) {}

  async speak({ text, voice, rate }: SpeechRequest, { model, options, signal }: ModelCall): Promise<SpokenAudio> {
    const chosen = voice ?? options['voice'] ?? this.defaultVoice;
    const body = JSON.stringify({
      model,
      input: text,
      // The one format that says its own sample rate.
      response_format: 'wav',
      speed: Math.min(Math.max(rate, SLOWEST), FASTEST),
      ...(chosen !== null && { voice: chosen }),
      ...(options['instructions'] !== undefined && { instructions: options['instructions'] }),
    });
    const response = await this.service.call('/audio/speech', { method: 'POST', body, signal });
    try {
      if (!response.body) throw new ProviderError('bad_answer', 'Its answer is empty.');
      const { sampleRateHz, chunks } = await readWav(response.body);
      return { sampleRateHz, chunks: withFailures(chunks, signal), usage: () => UNKNOWN_USAGE };
    } catch (error) {
      throw callFailure(error, signal);
    }
  }
}

async function* withFailures(chunks: AsyncIterable<Int16Array>, signal: AbortSignal): AsyncGenerator<Int16Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw callFailure(error, signal);
  }
}
