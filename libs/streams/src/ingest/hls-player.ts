import { unixSeconds, type Clock } from '@jiga/contracts';

import type { StreamDecoder } from '../decode/stream-decoder.port.js';
import { parseMediaPlaylist, type MediaPlaylist } from '../hls/media-playlist.js';
import { StreamError } from '../stream-error.js';
import type { ResolvedHls, StreamHttp, StreamResponse } from '../stream-ingest.port.js';
import { SegmentPipeline } from './segment-pipeline.js';
import { SegmentTracker, type TrackedSegment } from './segment-tracker.js';
import { StallWatchdog } from './stall-watchdog.js';
import { wait } from './wait.js';

/** What the player tells of on its way. */
export interface PlayerEvents {
  playlist(playlist: MediaPlaylist): void;
  /** New content is in the stream. */
  content(segment: TrackedSegment): void;
  /** The newest segment is an advertisement. */
  adBreakStarted(about: { readonly roll: string | null; readonly durationS: number | null }): void;
  adSegment(durationS: number): void;
  adBreakEnded(): void;
  skipped(count: number): void;
  decoded(bytes: number): void;
  stalled(): void;
  /** Resolves when more frames may be made: a recording is not decoded faster than it is looked at. */
  roomy(): Promise<void>;
}

export interface HlsPlayerOptions {
  readonly clock: Clock;
  readonly http: StreamHttp;
  readonly decoder: StreamDecoder;
  readonly stream: ResolvedHls;
  readonly events: PlayerEvents;
  /** For so long a playlist may be missing: a broadcast that has just begun has none yet. */
  readonly startsWithinMs: number;
}

const PLAYLIST_MAX_BYTES = 1024 * 1024;
const PLAYLIST_TIMEOUT_MS = 5000;
const RELOAD_ATTEMPTS = 3;
const RELOAD_RETRY_MS = 500;
/** Of a server that may answer the next time. */
const STUMBLES = new Set<string>(['upstream', 'timeout']);
const POLL_MIN_MS = 1000;
const POLL_MAX_MS = 2000;
const POLL_PAUSE_MIN_MS = 100;
const STARTING_POLL_MS = 3000;

/**
 * Plays one HLS media playlist, for as long as it lasts: polls it, sorts advertisements out, and has the segments
 * fetched and decoded. Ends by throwing a StreamError that says why; a recording by returning.
 */
export class HlsPlayer {
  readonly #fatal = new AbortController();
  readonly #tracker: SegmentTracker;
  readonly #pipeline: SegmentPipeline;
  readonly #watchdog: StallWatchdog;
  #isInBreak = false;

  constructor(private readonly options: HlsPlayerOptions) {
    const { clock, http, decoder, stream, events } = options;
    const onFatal = (error: StreamError): void => this.#fatal.abort(error);
    this.#tracker = new SegmentTracker(stream.ads, stream.isLive);
    this.#watchdog = new StallWatchdog({
      clock,
      onStall: () => events.stalled(),
      onStale: () => onFatal(new StreamError('stalled')),
    });
    const onSkipped = (count: number): void => events.skipped(count);
    const onDecoded = (bytes: number): void => events.decoded(bytes);
    this.#pipeline = new SegmentPipeline({ clock, http, decoder, stream, onSkipped, onDecoded, onFatal });
  }

  async play(signal: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([signal, this.#fatal.signal]);
    // At once, whatever is being waited for: a fetch, or a decoder that hangs.
    ending.addEventListener('abort', () => void this.#stop(), { once: true });
    try {
      await (this.options.stream.isLive ? this.#follow(ending) : this.#playRecording(ending));
    } catch (error) {
      signal.throwIfAborted();
      throw this.#fatal.signal.aborted ? this.#fatal.signal.reason : error;
    } finally {
      await this.#stop();
    }
  }

  async #stop(): Promise<void> {
    this.#watchdog.stop();
    await Promise.all([this.#pipeline.close(), this.options.decoder.close()]);
  }

  noteDamage(): void {
    this.#pipeline.noteDamage();
  }

  noteFrame(): void {
    this.#pipeline.noteFrame();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { clock, stream } = this.options;
    let loaded = await this.#loadFirst(signal);
    let askedMs = clock.monotonicMs();
    for (;;) {
      const isNew = this.#take(loaded);
      if (loaded.playlist.isEnded) {
        await this.#pipeline.drain();
        throw this.#fatal.signal.aborted ? this.#fatal.signal.reason : new StreamError('ended');
      }
      if (stream.expiresAt !== null && unixSeconds(clock) >= stream.expiresAt) throw new StreamError('expired');
      const pauseMs = pollPause(loaded.playlist, isNew) - (clock.monotonicMs() - askedMs);
      await wait(clock, Math.max(POLL_PAUSE_MIN_MS, pauseMs), signal);
      askedMs = clock.monotonicMs();
      loaded = await this.#reload(signal);
    }
  }

  async #playRecording(signal: AbortSignal): Promise<void> {
    const loaded = await this.#loadFirst(signal);
    const { segments } = this.#tracker.take(loaded.playlist, unixSeconds(this.options.clock));
    for (const segment of segments) {
      signal.throwIfAborted();
      this.options.events.content(segment);
      this.#pipeline.offer(segment, loaded.url);
      await this.#pipeline.settled();
      await this.options.events.roomy();
    }
    await this.#pipeline.drain();
    signal.throwIfAborted();
  }

  /** Takes what is new in a playlist. Returns whether anything was. */
  #take({ playlist, url }: LoadedPlaylist): boolean {
    const { events, clock } = this.options;
    events.playlist(playlist);
    const { segments, skipped } = this.#tracker.take(playlist, unixSeconds(clock));
    const newest = segments.at(-1);
    if (!newest) return false;
    if (skipped > 0) events.skipped(skipped);
    this.#watchdog.fed(newest.durationS, playlist.targetDurationS);
    for (const segment of segments) {
      if (segment.isAd) this.#takeAd(segment, playlist);
      else this.#takeContent(segment, url);
    }
    return true;
  }

  #takeAd(segment: TrackedSegment, { ranges }: MediaPlaylist): void {
    const { events, stream } = this.options;
    if (!this.#isInBreak) {
      this.#isInBreak = true;
      events.adBreakStarted(stream.ads?.describe(ranges) ?? { roll: null, durationS: null });
    }
    events.adSegment(segment.durationS);
  }

  #takeContent(segment: TrackedSegment, url: string): void {
    const { events } = this.options;
    if (this.#isInBreak) {
      this.#isInBreak = false;
      events.adBreakEnded();
    }
    events.content(segment);
    this.#pipeline.offer(segment, url);
  }

  /** The first playlist; a broadcast that has just begun is given time to have one. */
  async #loadFirst(signal: AbortSignal): Promise<LoadedPlaylist> {
    const { clock, startsWithinMs } = this.options;
    const untilMs = clock.monotonicMs() + startsWithinMs;
    for (;;) {
      try {
        const loaded = await this.#reload(signal);
        if (loaded.playlist.segments.length > 0) return loaded;
        if (loaded.playlist.isEnded) throw new StreamError('ended');
      } catch (error) {
        if (!(error instanceof StreamError && error.code === 'ended')) throw error;
        // A playlist that says itself that it has ended is no beginning.
        if (error.facts['status'] === undefined) throw error;
      }
      if (clock.monotonicMs() >= untilMs) throw new StreamError('offline');
      await wait(clock, STARTING_POLL_MS, signal);
    }
  }

  /** One playlist; a server that stumbles is asked again at once. */
  async #reload(signal: AbortSignal): Promise<LoadedPlaylist> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#load(signal);
      } catch (error) {
        const mayRetry = error instanceof StreamError && STUMBLES.has(error.code) && !error.facts['redirects'];
        if (!mayRetry || attempt === RELOAD_ATTEMPTS) throw error;
        await wait(this.options.clock, RELOAD_RETRY_MS * attempt, signal);
      }
    }
  }

  async #load(signal: AbortSignal): Promise<LoadedPlaylist> {
    const { http, stream } = this.options;
    const { mediaPlaylistUrl: url, hosts, headers } = stream;
    const limits = { maxBytes: PLAYLIST_MAX_BYTES, timeoutMs: PLAYLIST_TIMEOUT_MS };
    const answer = await http.fetch({ url, hosts, headers, ...limits }, signal).catch(asTooLarge);
    checkStatus(answer);
    return { playlist: parseMediaPlaylist(answer.body.toString('utf8')), url: answer.url };
  }
}

interface LoadedPlaylist {
  readonly playlist: MediaPlaylist;
  readonly url: string;
}

function pollPause({ segments }: MediaPlaylist, isNew: boolean): number {
  if (!isNew) return POLL_MIN_MS;
  return Math.min(Math.max((segments.at(-1)?.durationS ?? 0) * 1000, POLL_MIN_MS), POLL_MAX_MS);
}

function checkStatus({ status }: StreamResponse): void {
  if (status === 200) return;
  if (status === 404) throw new StreamError('ended', { status });
  if (status === 401 || status === 403 || status === 410) throw new StreamError('expired', { status });
  throw new StreamError('upstream', { status });
}

function asTooLarge(error: unknown): never {
  throw error instanceof StreamError && error.facts['tooLarge'] ? new StreamError('playlist_too_large') : error;
}
