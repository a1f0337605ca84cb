import type { Capability } from '@jiga/contracts';

import type { VariableName, VariableValues } from './variables.js';

/** Where a service is and what it is asked with. */
export interface ServiceSettings {
  /** Without a trailing slash; null = there is none. */
  readonly url: string | null;
  readonly apiKey: string | null;
}

/** `provider:model` lists by capability; null = nothing was said. */
export type ModelLists = Readonly<Record<Capability, readonly string[] | null>>;

export interface ProviderSettings {
  readonly openai: ServiceSettings;
  readonly anthropic: ServiceSettings;
  readonly google: ServiceSettings;
  readonly compatible: ServiceSettings;
  readonly models: ModelLists;
  readonly defaults: ModelLists;
  /** Reply models that take pictures, as `provider:model`; null = nothing was said. */
  readonly replyPictures: readonly string[] | null;
  /** In analysis intervals. */
  readonly enrichEvery: number;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly retries: number;
  readonly answerMaxBytes: number;
  /** null = never. */
  readonly probeIntervalMs: number | null;
}

export interface ProviderConfig {
  readonly providers: ProviderSettings;
}

export function providerConfig(read: <K extends VariableName>(name: K) => VariableValues[K]): ProviderConfig {
  return {
    providers: {
      openai: { url: read('JIGA_OPENAI_URL'), apiKey: read('JIGA_OPENAI_API_KEY') },
      anthropic: { url: read('JIGA_ANTHROPIC_URL'), apiKey: read('JIGA_ANTHROPIC_API_KEY') },
      google: { url: read('JIGA_GOOGLE_URL'), apiKey: read('JIGA_GOOGLE_API_KEY') },
      compatible: { url: read('JIGA_COMPATIBLE_URL'), apiKey: read('JIGA_COMPATIBLE_API_KEY') },
      models: {
        vision: read('JIGA_VISION_MODELS'),
        transcription: read('JIGA_TRANSCRIPTION_MODELS'),
        reply: read('JIGA_REPLY_MODELS'),
        speech: read('JIGA_SPEECH_MODELS'),
      },
      defaults: {
        vision: read('JIGA_VISION_DEFAULT'),
        transcription: read('JIGA_TRANSCRIPTION_DEFAULT'),
        reply: read('JIGA_REPLY_DEFAULT'),
        speech: read('JIGA_SPEECH_DEFAULT'),
      },
      replyPictures: read('JIGA_REPLY_PICTURE_MODELS'),
      enrichEvery: read('JIGA_VISION_ENRICH_EVERY'),
      timeoutMs: read('JIGA_PROVIDER_TIMEOUT_MS'),
      idleTimeoutMs: read('JIGA_PROVIDER_IDLE_TIMEOUT_MS'),
      retries: read('JIGA_PROVIDER_RETRIES'),
      answerMaxBytes: read('JIGA_PROVIDER_ANSWER_MAX_BYTES'),
      probeIntervalMs: read('JIGA_PROVIDER_PROBE_INTERVAL_S') * 1000 || null,
    },
  };
}
