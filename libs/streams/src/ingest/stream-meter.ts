import { unixSeconds, type Clock } from '@jiga/contracts';

import type { StreamError } from '../stream-error.js';
import type { StreamFrame, StreamHealth, StreamState, StreamVariant } from '../stream-ingest.port.js';

const RATE_WINDOW_MS = 10_000;

type Counter =
  | 'framesDropped'
  | 'bytes'
  | 'decoded'
  | 'skipped'
  | 'damaged'
  | 'stalls'
  | 'reconnects'
  | 'restarts'
  | 'adBreaks'
  | 'adSeconds';

/** Counts what a stream does, for its health. Small and of fixed size, however long the stream lasts. */
export class StreamMeter {
  readonly #counts: Record<Counter, number> = {
    framesDropped: 0,
    bytes: 0,
    decoded: 0,
    skipped: 0,
    damaged: 0,
    stalls: 0,
    reconnects: 0,
    restarts: 0,
    adBreaks: 0,
    adSeconds: 0,
  };
  /** When the frames of the last seconds were handed over. */
  #recentMs: number[] = [];
  #frames = 0;
  #lastFrameAt: number | null = null;
  #latencyS: number | null = null;
  #lastError: StreamHealth['lastError'] = null;
  variant: StreamVariant | null = null;
  clock: StreamHealth['clock'] = null;
  /** What to add to this machine's clock to get the broadcaster's. */
  clockOffsetS = 0;

  constructor(private readonly time: Clock) {}

  add(counter: Counter, by = 1): void {
    this.#counts[counter] += by;
  }

  noteFrames(newest: StreamFrame, count: number): void {
    const nowMs = this.time.monotonicMs();
    this.#frames += count;
    this.#lastFrameAt = unixSeconds(this.time);
    this.#latencyS = Math.max(0, this.#lastFrameAt + this.clockOffsetS - newest.capturedAt);
    for (let n = 0; n < count; n++) this.#recentMs.push(nowMs);
    this.#forgetOld(nowMs);
  }

  noteError({ code, message }: StreamError): void {
    this.#lastError = { code, message, at: unixSeconds(this.time) };
  }

  health(state: StreamState, since: number, attempts: number): StreamHealth {
    this.#forgetOld(this.time.monotonicMs());
    const { decoded, skipped, damaged, ...counts } = this.#counts;
    return {
      state,
      since,
      isLive: state === 'live',
      latencyS: this.#latencyS,
      clock: this.clock,
      framesPerSecond: this.#recentMs.length / (RATE_WINDOW_MS / 1000),
      frames: this.#frames,
      lastFrameAt: this.#lastFrameAt,
      ...counts,
      segments: { decoded, skipped, damaged },
      variant: this.variant,
      attempts,
      lastError: this.#lastError,
    };
  }

  #forgetOld(nowMs: number): void {
    this.#recentMs = this.#recentMs.filter((atMs) => nowMs - atMs < RATE_WINDOW_MS);
  }
}
