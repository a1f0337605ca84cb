import type { Clock } from '@jiga/contracts';

import type { OpenSoundDecoder } from '../decode/stream-decoder.port.js';
import { StreamError } from '../stream-error.js';
import type { ResolvedHls, StreamHttp, StreamSound } from '../stream-ingest.port.js';
import { HlsPlayer, type PlayerEvents } from './hls-player.js';
import type { StreamWorld } from './stream-world.js';
import { wait } from './wait.js';

export interface SoundTrackOptions {
  readonly clock: Clock;
  readonly http: StreamHttp;
  readonly openSoundDecoder: OpenSoundDecoder;
  /** The stream whose `soundPlaylistUrl` is played. */
  readonly stream: ResolvedHls & { readonly soundPlaylistUrl: string };
  readonly startsWithinMs: number;
  readonly deliver: (sound: StreamSound) => void;
  /** It cannot be had now, or not at all. */
  readonly onFailure: (error: StreamError) => void;
}

const RETRY_MIN_MS = 5_000;
const RETRY_MAX_MS = 60_000;
/** Trying again changes nothing about these. */
const FINAL = new Set<string>(['unsupported_encryption', 'blocked_url', 'decoder_unavailable']);
/** For the sound of what was shown last, when the pictures of a recording have ended. */
const FINISH_MS = 10_000;

type Hearing = Pick<SoundTrackOptions, 'startsWithinMs' | 'deliver' | 'onFailure'>;

/** The sound of a stream that somebody listens to; null when it is with the pictures. */
export function soundTrackOf(stream: ResolvedHls, world: StreamWorld, hearing: Hearing): SoundTrack | null {
  const { clock, http, openSoundDecoder } = world;
  const { soundPlaylistUrl } = stream;
  if (!openSoundDecoder || typeof soundPlaylistUrl !== 'string') return null;
  return new SoundTrack({ clock, http, openSoundDecoder, stream: { ...stream, soundPlaylistUrl }, ...hearing });
}

/**
 * The sound of a stream that keeps it in segments of its own, beside the pictures. Live is followed at its edge like
 * them; of a recording no more is fetched than pictures were. What goes wrong here leaves the pictures alone: live is
 * tried again while they last, a recording, which would begin anew, is not.
 */
export class SoundTrack {
  readonly #ending = new AbortController();
  readonly #stream: ResolvedHls;
  #picturesS = 0;
  #soundS = 0;
  #hasAllPictures = false;
  #wake: () => void = () => undefined;

  constructor(private readonly options: SoundTrackOptions) {
    this.#stream = { ...options.stream, mediaPlaylistUrl: options.stream.soundPlaylistUrl };
  }

  /** So much more of the pictures has been fetched. */
  notePictures(durationS: number): void {
    this.#picturesS += durationS;
    this.#wake();
  }

  /** Plays for as long as the pictures do; of a recording the sound that goes with the last of them comes out as well. */
  async playBeside(pictures: () => Promise<void>): Promise<void> {
    const sound = this.#play(this.#ending.signal).catch(() => undefined);
    try {
      await pictures();
      if (!this.#stream.isLive) await this.#playToEnd(sound);
    } finally {
      this.#ending.abort();
      this.#wake();
      await sound;
    }
  }

  async #playToEnd(sound: Promise<void>): Promise<void> {
    this.#hasAllPictures = true;
    this.#wake();
    const cancel = this.options.clock.after(FINISH_MS, () => this.#ending.abort());
    await sound;
    cancel();
  }

  async #play(signal: AbortSignal): Promise<void> {
    for (let waitMs = RETRY_MIN_MS; ; waitMs = Math.min(waitMs * 2, RETRY_MAX_MS)) {
      try {
        await this.#playOnce(signal);
        return;
      } catch (error) {
        signal.throwIfAborted();
        const failure = error instanceof StreamError ? error : new StreamError('upstream');
        this.options.onFailure(failure);
        if (FINAL.has(failure.code) || !this.#stream.isLive) return;
      }
      await wait(this.options.clock, waitMs, signal);
    }
  }

  async #playOnce(signal: AbortSignal): Promise<void> {
    const { clock, http, openSoundDecoder, startsWithinMs, deliver } = this.options;
    const decoder = openSoundDecoder({
      sound: (sound) => {
        player.noteFrame();
        deliver(sound);
      },
    });
    const player = new HlsPlayer({
      clock,
      http,
      decoder,
      stream: this.#stream,
      startsWithinMs,
      events: this.#events(),
    });
    await player.play(signal);
  }

  /** The figures of a stream are those of its pictures. */
  #events(): PlayerEvents {
    return {
      playlist: () => undefined,
      content: ({ durationS }) => void (this.#soundS += durationS),
      adBreakStarted: () => undefined,
      adSegment: () => undefined,
      adBreakEnded: () => undefined,
      skipped: () => undefined,
      decoded: () => undefined,
      stalled: () => undefined,
      roomy: () => this.#inStep(),
    };
  }

  async #inStep(): Promise<void> {
    while (this.#soundS >= this.#picturesS && !this.#hasAllPictures && !this.#ending.signal.aborted) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
