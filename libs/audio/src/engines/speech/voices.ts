import type { VoiceInfo, VoiceQuality } from '../../ports/speech.port.js';

/** The voices inside the package, with the names that Flite knows them by. */
export const FLITE_VOICES: readonly VoiceInfo[] = [
  { id: 'rms', engine: 'flite', language: 'en', gender: 'male', sampleRateHz: 16_000 },
  { id: 'slt', engine: 'flite', language: 'en', gender: 'female', sampleRateHz: 16_000 },
  { id: 'awb', engine: 'flite', language: 'en', gender: 'male', sampleRateHz: 16_000 },
  { id: 'kal16', engine: 'flite', language: 'en', gender: 'male', sampleRateHz: 16_000 },
  { id: 'kal', engine: 'flite', language: 'en', gender: 'male', sampleRateHz: 8000 },
];

/**
 * How the levels differ to the ear: `low` is a voice of telephone bandwidth made of recorded halves of sounds, which costs
 * least; `standard` a statistical voice up to 8 kHz, the one that listeners understand best; `high` the same with what
 * lies above 8 kHz filled in and its loudness evened out.
 */
export const QUALITY_VOICES: Readonly<Record<VoiceQuality, string>> = { low: 'kal', standard: 'rms', high: 'rms' };

/** Characters of one request. */
export const MAX_SPEECH_CHARS = 2000;
