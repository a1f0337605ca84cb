import type { AudioPort } from './engine.port.js';

/**
 * How noise is taken away. `full` costs most; when many streams are open it steps down to `light` by itself and says so
 * in {@link FrontEndState}.
 */
export const NOISE_MODES = ['off', 'light', 'full'] as const;
export type NoiseMode = (typeof NOISE_MODES)[number];

export interface FrontEndSettings {
  /** Of the microphone's sound as pushed, 8,000…192,000. */
  readonly sampleRateHz: number;
  /** 1 or 2, interleaved as pushed; two are mixed to one. */
  readonly channels: number;
  readonly noiseSuppression: NoiseMode;
  readonly echoCancellation: boolean;
}

/** What works on a stream just now, which may be less than what was asked for. */
export interface FrontEndState {
  readonly noise: NoiseMode;
  /** `half-duplex`: no canceller is installed, so nothing is heard while something is played. */
  readonly echo: 'off' | 'cancelled' | 'half-duplex';
  /** How far the windows lag behind the microphone because of the engines. Those that are cleaned of noise come 32 ms later. */
  readonly latencyMs: number;
}

/** 32 ms of sound. */
export interface VoiceFrame {
  /** 512 samples at 16 kHz, mono, after echo cancellation. Cleaned of noise where somebody may speak, and around it. */
  readonly pcm: Float32Array;
  /** That somebody speaks, 0–1; compare with `voice_activation_threshold`. */
  readonly speechProbability: number;
  /** Of the first sample, since the stream was opened or reset, by the count of samples pushed. */
  readonly startMs: number;
  /** Loudness of the microphone before any cleaning, in dB below full scale (−90…0). */
  readonly inputDb: number;
  /** Where speech may begin: as many windows just before this one, cleaned after all. They stand in for those given. */
  readonly before: readonly Float32Array[];
}

/** What came of a piece of sound. */
export interface HeardSound {
  /** Windows that are ready. */
  readonly frames: readonly VoiceFrame[];
  /**
   * That somebody speaks, 0–1, for each window that this sound completed, told before its noise is suppressed: a frame may
   * come one window later than this. A hiss that may begin a word counts 0.3. For what cannot wait.
   */
  readonly voicing: readonly number[];
}

/**
 * The ears of one socket: resampling → echo cancellation → voice detection → noise suppression of what may be speech, in a
 * worker thread, with its state kept there. Time is counted in samples: sound may be pushed faster or slower than it sounds.
 */
export interface FrontEndStream {
  readonly state: FrontEndState;
  /**
   * Takes any amount of sound up to 10 s and gives the windows it completes; what is left over waits for the next push.
   * Answers come in the order of the pushes. Errors: `audio_overloaded` when too much waits, `audio_failed` when the
   * thread died (the stream goes on with fresh state), `session_closed` after close; the signal's reason when it is aborted.
   */
  push(pcm: Float32Array, signal?: AbortSignal): Promise<HeardSound>;
  /**
   * What the listener begins to hear now, mono: the next pushed sound is taken to hear it too, sample by sample. Appended
   * to what still plays. Playback and microphone may be up to 250 ms apart.
   */
  play(pcm: Float32Array, sampleRateHz: number): void;
  /** Playback ended early: what of `play` was not heard yet is forgotten. */
  stopPlaying(): void;
  /** Takes effect with the next push. A change of rate or channels begins anew, like `reset`. */
  configure(settings: FrontEndSettings): void;
  /** Forgets all that was heard. */
  reset(): void;
  /** Ends the stream; what waits is rejected with `session_closed`. May be called again. */
  close(): void;
}

export interface VoiceFrontEnd extends AudioPort {
  /** Costs nothing until the first push. */
  open(settings: FrontEndSettings): FrontEndStream;
}
