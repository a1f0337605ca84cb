import { AppError } from '@jiga/contracts';
import type { Clock, VoiceChatConfig } from '@jiga/contracts';

import type { FrontEndSettings, FrontEndStream, HeardSound, VoiceFrontEnd } from '../ports/front-end.port.js';

/** What a client's sound is. */
export interface SoundFormat {
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
}

export interface SoundIntakeDeps {
  readonly clock: Clock;
  readonly frontEnd: VoiceFrontEnd;
  /** As they are now. */
  readonly settings: () => VoiceChatConfig;
  /** Whether the client plays what is said to it. */
  readonly mayEcho: boolean;
  readonly onHeard: (heard: HeardSound) => void;
  readonly onFailed: (error: unknown) => void;
}

/** Sound that waits to be heard; beyond, it is refused. */
const BACKLOG_MAX_S = 10;
/** Commits that wait for the sound before them. */
const COMMITS_MAX = 4;

/**
 * The sound of one client on its way to the ears: in order, bounded, in whatever format it comes. What comes while a piece is
 * under way goes with the next: the fewer the crossings to another thread, the busier the machine.
 */
export class SoundIntake {
  readonly #stream: FrontEndStream;
  #format: SoundFormat = { sampleRateHz: 16_000, channels: 1 };
  /** Comes with the next piece. */
  #gathered: Float32Array[] = [];
  #isUnderWay = false;
  #backlogS = 0;
  #commits = 0;
  #pushedAtMs = 0;
  #isClosed = false;

  constructor(private readonly deps: SoundIntakeDeps) {
    this.#stream = deps.frontEnd.open(this.#frontEndSettings());
  }

  get format(): SoundFormat {
    return this.#format;
  }

  /** How long nothing has come; 0 while some of it still waits to be heard. Milliseconds. */
  get silentMs(): number {
    return this.#backlogS > 0 ? 0 : this.deps.clock.monotonicMs() - this.#pushedAtMs;
  }

  /** Takes sound and tells its length in seconds. Throws AppError `audio_overloaded` when too much waits. */
  push(pcm: Float32Array, format: SoundFormat): number {
    const seconds = pcm.length / format.channels / format.sampleRateHz;
    if (this.#backlogS + seconds > BACKLOG_MAX_S) {
      throw new AppError('audio_overloaded', 'Sound comes faster than it can be heard; what came now was left out.');
    }
    if (seconds === 0) return 0;
    if (format.sampleRateHz !== this.#format.sampleRateHz || format.channels !== this.#format.channels) {
      this.configure(format);
    }
    this.#backlogS += seconds;
    this.#pushedAtMs = this.deps.clock.monotonicMs();
    this.#gathered.push(pcm);
    if (!this.#isUnderWay) this.#send();
    return seconds;
  }

  /**
   * Calls back once the sound sent so far has been heard; resolves after that, or when it failed. Throws AppError
   * `audio_overloaded` when too many calls wait.
   */
  commit(then: () => void): Promise<void> {
    if (this.#commits >= COMMITS_MAX) {
      throw new AppError('audio_overloaded', 'Too many commits wait for their sound; this one was left out.');
    }
    this.#commits++;
    this.#send();
    return this.#listen(new Float32Array(0))
      .then(then)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#commits--);
  }

  /** The client's sound is this from now on, and the session's settings may be others. */
  configure(format: SoundFormat): void {
    this.#send();
    this.#format = format;
    this.#stream.configure(this.#frontEndSettings());
  }

  /** What the client begins to hear, for the echo canceller. */
  play(pcm: Float32Array, sampleRateHz: number): void {
    this.#send();
    this.#stream.play(pcm, sampleRateHz);
  }

  /** The client hears nothing from now on. */
  stopPlaying(): void {
    this.#send();
    this.#stream.stopPlaying();
  }

  /** May be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#stream.close();
  }

  #frontEndSettings(): FrontEndSettings {
    const { enable_noise_suppression, enable_echo_cancellation } = this.deps.settings();
    return {
      ...this.#format,
      noiseSuppression: enable_noise_suppression ? 'full' : 'off',
      echoCancellation: enable_echo_cancellation && this.deps.mayEcho,
    };
  }

  /** All that was gathered, as it is laid out now. */
  #send(): void {
    const pcm = joined(this.#gathered);
    this.#gathered = [];
    if (pcm.length === 0 || this.#isClosed) return;
    const seconds = pcm.length / this.#format.channels / this.#format.sampleRateHz;
    this.#isUnderWay = true;
    this.#listen(pcm)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#backlogS -= seconds;
        this.#isUnderWay = false;
        this.#send();
      });
  }

  async #listen(pcm: Float32Array): Promise<void> {
    const heard = await this.#stream.push(pcm);
    if (!this.#isClosed) this.deps.onHeard(heard);
  }

  #fail(error: unknown): void {
    if (!this.#isClosed) this.deps.onFailed(error);
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
