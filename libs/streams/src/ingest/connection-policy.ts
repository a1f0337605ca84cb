import type { Clock } from '@jiga/contracts';

import type { StreamError, StreamErrorCode } from '../stream-error.js';

export interface ConnectionPolicyOptions {
  /** To the first connection. */
  readonly attempts?: number;
  /** Before the second attempt; each further wait is 1.5 times as long. */
  readonly retryDelayMs: number;
  /** Before a stream that was up is connected again, growing in the same way. */
  readonly reconnectDelayMs: number;
  /** How long a stream that was up is connected again. */
  readonly windowMs: number;
  /** A channel that is not live at first is waited for, without end. */
  readonly waitsForLive?: boolean;
}

export type NextStep =
  | { readonly kind: 'retry'; readonly waitMs: number; readonly attempts: number }
  | { readonly kind: 'give_up'; readonly attempts: number };

const ATTEMPTS = 3;
const FACTOR = 1.5;
const WAIT_MAX_MS = 60_000;
/** Up for so long counts as well: the waits begin anew. */
const STEADY_MS = 30_000;
/** A renewed address is had at once; the jitter keeps many streams from asking together. */
const RENEW_JITTER_MS = 1000;
const NOT_LIVE: ReadonlySet<StreamErrorCode> = new Set(['offline', 'upcoming', 'offline_or_restricted']);

/**
 * What follows when a connection fails. To the first one there are a few attempts with exact waits; a stream that was up
 * is connected again until a time is used up, with waits that differ at random, so that streams that fell together do not
 * come back together. A cause that trying again cannot help ends it at once.
 */
export class ConnectionPolicy {
  #attempts = 0;
  #wasUp = false;
  #upSinceMs: number | null = null;
  #downSinceMs: number | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly options: ConnectionPolicyOptions,
    /** 0–1 */
    private readonly random: () => number = Math.random,
  ) {}

  /** Failed attempts since it was last up. */
  get attempts(): number {
    return this.#attempts;
  }

  get wasUp(): boolean {
    return this.#wasUp;
  }

  /** The stream is up. May be called again while it is. */
  noteUp(): void {
    this.#wasUp = true;
    this.#upSinceMs ??= this.clock.monotonicMs();
    this.#downSinceMs = null;
  }

  afterFailure(error: StreamError): NextStep {
    const now = this.clock.monotonicMs();
    if (this.#upSinceMs !== null && now - this.#upSinceMs >= STEADY_MS) this.#attempts = 0;
    this.#upSinceMs = null;
    this.#attempts++;
    const attempts = this.#attempts;
    const waitMs = error.isTerminal ? null : this.#wasUp ? this.#waitToReconnect(error, now) : this.#waitToRetry(error);
    return waitMs === null ? { kind: 'give_up', attempts } : { kind: 'retry', waitMs, attempts };
  }

  #waitToRetry(error: StreamError): number | null {
    const { attempts = ATTEMPTS, retryDelayMs, waitsForLive = false } = this.options;
    if (waitsForLive && NOT_LIVE.has(error.code)) return this.#waitForLive();
    return this.#attempts < attempts ? retryDelayMs * FACTOR ** (this.#attempts - 1) : null;
  }

  #waitToReconnect(error: StreamError, now: number): number | null {
    this.#downSinceMs ??= now;
    const leftMs = this.options.windowMs - (now - this.#downSinceMs);
    return leftMs <= 0 ? null : Math.min(this.#reconnectWait(error), leftMs);
  }

  #reconnectWait({ code }: StreamError): number {
    if (code === 'expired' && this.#attempts === 1) return this.random() * RENEW_JITTER_MS;
    if (NOT_LIVE.has(code)) return this.#waitForLive();
    const waitMs = this.options.reconnectDelayMs * FACTOR ** (this.#attempts - 1);
    // Exactly as it was asked for after a broadcast ended: its service takes a moment to say so.
    if (code === 'ended' && this.#attempts === 1) return waitMs;
    return Math.min(waitMs, WAIT_MAX_MS) * (0.8 + 0.4 * this.random());
  }

  /** Half a minute to a minute with the usual delay. */
  #waitForLive(): number {
    return this.options.reconnectDelayMs * (6 + 6 * this.random());
  }
}
