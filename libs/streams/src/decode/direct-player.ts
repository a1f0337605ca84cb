import { unixSeconds, type Clock } from '@jiga/contracts';
import type { FfmpegLocation } from '@jiga/media';

import { StreamError } from '../stream-error.js';
import type { ResolvedDirect } from '../stream-ingest.port.js';
import { directArguments } from './decoder-arguments.js';
import { DecoderProcess, type TimedPicture } from './decoder-process.js';
import type { DecodedFrame, DecoderOptions } from './stream-decoder.port.js';

export interface DirectOutput {
  frame(frame: DecodedFrame): void;
  /** Nothing has come for some seconds; it may go on. */
  stalled(): void;
}

/**
 * Plays a stream that ffmpeg opens itself. Resolves when what was recorded is over; throws StreamError when a live one is,
 * or cannot be had, and the signal's reason when aborted. Nothing runs any more then.
 */
export type PlayDirect = (
  stream: ResolvedDirect,
  options: DecoderOptions,
  output: DirectOutput,
  signal: AbortSignal,
) => Promise<void>;

const STALL_MS = 5_000;
/** Without a picture for so long the program is ended: whoever it waits for does not come. */
const STALE_MS = 15_000;

/** {@link PlayDirect} by the ffmpeg that `locate` finds. Pictures alone: such a stream does not say before whether it has sound. */
export function ffmpegDirect(locate: () => Promise<FfmpegLocation>, clock: Clock): PlayDirect {
  return async (stream, options, output, signal) => {
    const location = await locate();
    signal.throwIfAborted();
    if (!location.found) throw new StreamError('decoder_unavailable');
    await new DirectRun(location.path, clock, stream, options, output).play(signal);
  };
}

/** The life of one ffmpeg that fetches for itself. */
class DirectRun {
  readonly #process: DecoderProcess;
  #startedAt: number | null = null;
  #firstS = 0;
  #isStale = false;
  #isClean = false;
  #wasMissing = false;
  #cancelStall: () => void = () => {};
  #cancelStale: () => void = () => {};

  constructor(
    path: string,
    private readonly clock: Clock,
    private readonly stream: ResolvedDirect,
    options: DecoderOptions,
    private readonly output: DirectOutput,
  ) {
    this.#process = new DecoderProcess(path, directArguments(stream, options), false, {
      picture: (picture) => this.#take(picture),
      sound: () => {},
      complaint: () => {},
      exit: (wasClean, wasMissing) => {
        this.#isClean = wasClean;
        this.#wasMissing = wasMissing;
      },
    });
  }

  async play(signal: AbortSignal): Promise<void> {
    const onAbort = (): void => void this.#process.kill();
    signal.addEventListener('abort', onAbort, { once: true });
    this.#watch();
    try {
      await this.#process.end();
    } finally {
      this.#stopWatching();
      signal.removeEventListener('abort', onAbort);
    }
    signal.throwIfAborted();
    const failure = this.#failure();
    if (failure) throw failure;
  }

  /** Null when what was recorded has been played to its end. */
  #failure(): StreamError | null {
    if (this.#wasMissing) return new StreamError('decoder_unavailable');
    if (this.#isStale) return new StreamError('stalled');
    if (this.#startedAt === null) return new StreamError(this.stream.protocol === 'file' ? 'bad_media' : 'upstream');
    if (this.stream.isLive) return new StreamError('ended');
    return this.#isClean ? null : new StreamError('decoder_failed');
  }

  /** Such a stream does not tell the time: the first picture is taken to be of the moment it came. */
  #take({ jpeg, mediaTimeS, sourceWidth, sourceHeight }: TimedPicture): void {
    this.#watch();
    if (this.#startedAt === null) {
      this.#startedAt = unixSeconds(this.clock);
      this.#firstS = mediaTimeS;
    }
    this.output.frame({ jpeg, capturedAt: this.#startedAt + mediaTimeS - this.#firstS, sourceWidth, sourceHeight });
  }

  #watch(): void {
    this.#stopWatching();
    if (this.#startedAt !== null) this.#cancelStall = this.clock.after(STALL_MS, () => this.output.stalled());
    this.#cancelStale = this.clock.after(STALE_MS, () => {
      this.#isStale = true;
      void this.#process.kill();
    });
  }

  #stopWatching(): void {
    this.#cancelStall();
    this.#cancelStale();
  }
}
