import type { Clock } from '@jiga/contracts';

import type { StreamDecoder } from '../decode/stream-decoder.port.js';
import type { ByteRange } from '../hls/media-playlist.js';
import { StreamError } from '../stream-error.js';
import type { ResolvedHls, StreamHttp } from '../stream-ingest.port.js';
import type { TrackedSegment } from './segment-tracker.js';
import { wait } from './wait.js';

export interface SegmentPipelineOptions {
  readonly clock: Clock;
  readonly http: StreamHttp;
  readonly decoder: StreamDecoder;
  readonly stream: ResolvedHls;
  /** Content that will not be looked at. */
  readonly onSkipped: (count: number) => void;
  readonly onDecoded: (bytes: number) => void;
  /** The stream cannot go on like this. */
  readonly onFatal: (error: StreamError) => void;
}

const WAITING_MAX = 2;
const SEGMENT_MAX_BYTES = 20 * 1024 * 1024;
const MAP_MAX_BYTES = 1024 * 1024;
const FETCH_MAX_MS = 10_000;
const FETCH_MIN_MS = 2000;
const FETCH_ATTEMPTS = 3;
const RETRY_MS = 250;
/** Failures in a row after which the stream is resolved anew. */
const FAILURES_MAX = 5;
const GRAVE_FAILURES_MAX = 3;
const FATAL = new Set(['decoder_unavailable', 'unsupported_encryption']);
const GRAVE = new Set(['decoder_failed', 'blocked_url', 'expired']);

/** Fetches segments and gives them to the decoder, one after another. When it falls behind, the oldest goes unseen. */
export class SegmentPipeline {
  readonly #abort = new AbortController();
  readonly #waiting: { readonly segment: TrackedSegment; readonly baseUrl: string }[] = [];
  #working: Promise<void> | null = null;
  #init: { readonly key: string; readonly bytes: Buffer } | null = null;
  #failures = 0;

  constructor(private readonly options: SegmentPipelineOptions) {}

  /** @param baseUrl of the playlist that names the segment */
  offer(segment: TrackedSegment, baseUrl: string): void {
    if (this.#abort.signal.aborted) return;
    this.#waiting.push({ segment, baseUrl });
    if (this.#waiting.length > WAITING_MAX) {
      this.#waiting.shift();
      this.options.onSkipped(1);
    }
    this.#working ??= this.#work();
  }

  /** Resolves when nothing is fetched and nothing waits to be. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** Resolves when nothing waits and every frame of what was fetched has come out. */
  async drain(): Promise<void> {
    await this.#working;
    if (!this.#abort.signal.aborted) await this.options.decoder.finish();
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#waiting.length = 0;
    await this.#working;
  }

  /** The decoder could not make pictures of what it was given. */
  noteDamage(): void {
    this.#noteFailure(new StreamError('bad_media'));
  }

  /** A frame has come out: what went wrong before is over. */
  noteFrame(): void {
    this.#failures = 0;
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      await this.#process(next.segment, next.baseUrl);
    }
    // Not a moment later: what is offered from here on would be left waiting.
    this.#working = null;
  }

  async #process(segment: TrackedSegment, baseUrl: string): Promise<void> {
    try {
      if (segment.isEncrypted) throw new StreamError('unsupported_encryption');
      if (segment.isGap) return this.options.onSkipped(1);
      const init = segment.mapUri === null ? null : await this.#initOf(segment.mapUri, segment.mapRange, baseUrl);
      const timeoutMs = Math.min(FETCH_MAX_MS, Math.max(FETCH_MIN_MS, segment.durationS * 3000));
      const bytes = await this.#fetch(resolved(segment.uri, baseUrl), segment.range, SEGMENT_MAX_BYTES, timeoutMs);
      const { startsAt, durationS } = segment;
      await this.options.decoder.decode({ bytes, init, startsAt, durationS });
      this.options.onDecoded(bytes.length);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.options.onSkipped(1);
      this.#noteFailure(error instanceof StreamError ? error : new StreamError('decoder_failed'));
    }
  }

  #noteFailure(error: StreamError): void {
    this.#failures++;
    const bound = FATAL.has(error.code) ? 1 : GRAVE.has(error.code) ? GRAVE_FAILURES_MAX : FAILURES_MAX;
    if (this.#failures >= bound) this.options.onFatal(error);
  }

  /** Initialization sections are small and few: the last one is kept. */
  async #initOf(uri: string, range: ByteRange | null, baseUrl: string): Promise<Buffer> {
    const url = resolved(uri, baseUrl);
    const key = `${url} ${range?.offset ?? ''}`;
    if (this.#init?.key !== key) {
      this.#init = { key, bytes: await this.#fetch(url, range, MAP_MAX_BYTES, FETCH_MAX_MS) };
    }
    return this.#init.bytes;
  }

  async #fetch(url: string, range: ByteRange | null, maxBytes: number, timeoutMs: number): Promise<Buffer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#fetchOnce(url, range, maxBytes, timeoutMs);
      } catch (error) {
        const mayRetry = error instanceof StreamError && error.code === 'upstream' && !error.facts['tooLarge'];
        if (!mayRetry || attempt === FETCH_ATTEMPTS) throw error;
        await wait(this.options.clock, RETRY_MS, this.#abort.signal);
      }
    }
  }

  async #fetchOnce(url: string, range: ByteRange | null, maxBytes: number, timeoutMs: number): Promise<Buffer> {
    const { http, stream } = this.options;
    const part = range && `bytes=${range.offset}-${range.offset + range.length - 1}`;
    const headers = { ...stream.headers, ...(part !== null && { range: part }) };
    const answer = await http.fetch({ url, hosts: stream.hosts, headers, maxBytes, timeoutMs }, this.#abort.signal);
    const { status, body } = answer;
    if (status === 403 || status === 410) throw new StreamError('expired', { status });
    if (status !== 200 && status !== 206) throw new StreamError('upstream', { status });
    if (body.length === 0) throw new StreamError('bad_media');
    return range && status === 200 ? body.subarray(range.offset, range.offset + range.length) : body;
  }
}

function resolved(uri: string, baseUrl: string): string {
  const url = URL.parse(uri, baseUrl);
  if (!url) throw new StreamError('blocked_url');
  return url.href;
}
