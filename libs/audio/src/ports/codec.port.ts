import type { AudioPort } from './engine.port.js';
import type { AudioFormat, PcmAudio, ReadableAudioFormat } from './pcm.js';

export interface DecodedAudio extends PcmAudio {
  readonly format: ReadableAudioFormat;
  readonly durationMs: number;
}

export interface DecodeOptions {
  readonly signal?: AbortSignal;
  /** Sound that lasts longer is refused with `audio_too_long`; default 300. */
  readonly maxSeconds?: number;
}

export interface AudioDecoder extends AudioPort {
  /**
   * Reads a whole file, recognised by its content. One or two channels, 8,000…192,000 Hz. Errors: `unsupported_audio`
   * (no sound file we read; says what it looks like), `invalid_audio` (damaged, empty, no samples), `audio_too_long`,
   * `audio_overloaded`, and the signal's reason.
   */
  decode(bytes: Uint8Array, options?: DecodeOptions): Promise<DecodedAudio>;
}

export interface EncodeOptions {
  readonly format: AudioFormat;
  /** Asked for: the sound is resampled where it differs. MP3 has 8,000 to 48,000 in its nine steps; others are refused. */
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
  /** Of MP3; default 64 for one channel, 96 for two. */
  readonly kbps?: number;
  readonly signal?: AbortSignal;
}

export interface AudioEncoder extends AudioPort {
  /** Errors: `validation_failed` for a rate that the format lacks, `audio_overloaded`, and the signal's reason. */
  encode(audio: PcmAudio, options: EncodeOptions): Promise<Uint8Array>;
  /** To another rate, whole. Errors: `audio_overloaded` and the signal's reason. */
  resample(pcm: Float32Array, fromHz: number, toHz: number, signal?: AbortSignal): Promise<Float32Array>;
}
