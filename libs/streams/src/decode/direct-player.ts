import { unixSeconds, type Clock } from '@jiga/contracts';
import type { FfmpegLocation } from '@jiga/media';
import { addressesOf, hostOf, orAborted, resolveHost, type ResolveHost } from '@jiga/platform';

import { RtspRelay } from '../net/rtsp-relay.js';
import { StreamError } from '../stream-error.js';
import type { ResolvedDirect, StreamSound } from '../stream-ingest.port.js';
import { directArguments, SOUND_HZ } from './decoder-arguments.js';
import { DecoderProcess, type TimedPicture } from './decoder-process.js';
import { PcmReader } from './pcm-reader.js';
import type { DecodedFrame, DecoderOptions } from './stream-decoder.port.js';

export interface DirectOutput {
  frame(frame: DecodedFrame): void;
  /** Only when it is wanted and the stream has any. */
  sound(sound: StreamSound): void;
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

/** {@link PlayDirect} by the ffmpeg that `locate` finds. */
export function ffmpegDirect(
  locate: () => Promise<FfmpegLocation>,
  clock: Clock,
  resolve: ResolveHost = resolveHost,
): PlayDirect {
  return async (stream, options, output, signal) => {
    const location = await locate();
    signal.throwIfAborted();
    if (!location.found) throw new StreamError('decoder_unavailable');
    const play = (url: string, wanted: DecoderOptions): Promise<'played' | 'has_no_sound'> =>
      new DirectRun(location.path, clock, { ...stream, url }, wanted, output).play(signal);
    const playAt = async (wanted: DecoderOptions): Promise<'played' | 'has_no_sound'> => {
      if (stream.protocol !== 'rtsp') return await play(stream.url, wanted);
      return await relayed(stream.url, resolve, signal, (url) => play(url, wanted));
    };
    // Such a stream does not say before whether it has sound, and ffmpeg does not begin without what it is asked for.
    if ((await playAt(options)) === 'has_no_sound') await playAt({ ...options, wantsSound: false });
  };
}

/** Throws StreamError `blocked_url` when the server points somewhere else. */
async function relayed<T>(
  url: string,
  resolve: ResolveHost,
  signal: AbortSignal,
  play: (url: string) => Promise<T>,
): Promise<T> {
  const target = new URL(url);
  const [found] = await orAborted(addressesOf(hostOf(target), resolve), signal).catch(() => []);
  signal.throwIfAborted();
  if (!found) throw new StreamError('upstream');
  const relay = await RtspRelay.open(target, found.address);
  try {
    signal.throwIfAborted();
    return await play(relay.url);
  } catch (error) {
    throw relay.wasRedirected && !signal.aborted ? new StreamError('blocked_url') : error;
  } finally {
    await relay.close();
  }
}

/** The life of one ffmpeg that fetches for itself. */
class DirectRun {
  readonly #process: DecoderProcess;
  readonly #pcm = new PcmReader();
  #startedAt: number | null = null;
  #firstS: number | null = null;
  #lacking: 'picture' | 'sound' | null = null;
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
    this.#process = new DecoderProcess(path, directArguments(stream, options), options.wantsSound, {
      picture: (picture) => this.#takePicture(picture),
      sound: (bytes) => this.#takeSound(bytes),
      complaint: () => {},
      lacks: (track) => (this.#lacking = track),
      exit: (wasClean, wasMissing) => {
        this.#isClean = wasClean;
        this.#wasMissing = wasMissing;
      },
    });
  }

  async play(signal: AbortSignal): Promise<'played' | 'has_no_sound'> {
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
    if (this.#lacking === 'sound') return 'has_no_sound';
    const failure = this.#failure();
    if (failure) throw failure;
    return 'played';
  }

  /** Null when what was recorded has been played to its end. */
  #failure(): StreamError | null {
    if (this.#wasMissing) return new StreamError('decoder_unavailable');
    if (this.#isStale) return new StreamError('stalled');
    const isFile = this.stream.protocol === 'file';
    // A live stream may get its pictures yet; a file stays as it is.
    if (this.#lacking === 'picture') return new StreamError(isFile ? 'no_video' : 'bad_media');
    if (this.#firstS === null) return new StreamError(isFile ? 'bad_media' : 'upstream');
    if (this.stream.isLive) return new StreamError('ended');
    return this.#isClean ? null : new StreamError('decoder_failed');
  }

  #takePicture({ jpeg, mediaTimeS, sourceWidth, sourceHeight }: TimedPicture): void {
    this.#firstS ??= mediaTimeS;
    this.#watch();
    const capturedAt = this.#timeOf(mediaTimeS - this.#firstS);
    this.output.frame({ jpeg, capturedAt, sourceWidth, sourceHeight });
  }

  #takeSound(bytes: Buffer): void {
    const capturedAt = this.#timeOf(this.#pcm.samples / SOUND_HZ);
    const pcm = this.#pcm.push(bytes);
    if (pcm) this.output.sound({ pcm, capturedAt });
  }

  /**
   * Such a stream does not tell the time: pictures and sound are taken to begin when the first of them came. What a live one
   * gives before its time shows that it began earlier, since ffmpeg reads for a while before it gives anything.
   */
  #timeOf(afterS: number): number {
    const now = unixSeconds(this.clock);
    this.#startedAt ??= now;
    if (this.stream.isLive) this.#startedAt = Math.min(this.#startedAt, now - afterS);
    return this.#startedAt + afterS;
  }

  #watch(): void {
    this.#stopWatching();
    if (this.#firstS !== null) this.#cancelStall = this.clock.after(STALL_MS, () => this.output.stalled());
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
