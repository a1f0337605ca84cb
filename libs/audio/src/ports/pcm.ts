/**
 * Sound as samples: one array per channel, all of one length, −1…1. Whoever receives it may not write to it.
 * Engines take and give copies, so that an array given away may be used again at once.
 */
export interface PcmAudio {
  readonly channels: readonly Float32Array[];
  readonly sampleRateHz: number;
}

/** The rate at which speech is heard: what suppression, detection and recognition take. */
export const SPEECH_RATE_HZ = 16_000;

/** Samples of one window of voice detection: 32 ms at {@link SPEECH_RATE_HZ}. */
export const VOICE_WINDOW_SAMPLES = 512;

/** What speech can be given out as. */
export const AUDIO_FORMATS = ['wav', 'mp3'] as const;
export type AudioFormat = (typeof AUDIO_FORMATS)[number];

/** What can be read, told apart by the bytes alone. */
export const READABLE_AUDIO_FORMATS = ['wav', 'mp3', 'ogg-opus', 'webm-opus'] as const;
export type ReadableAudioFormat = (typeof READABLE_AUDIO_FORMATS)[number];
