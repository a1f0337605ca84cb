import type { CancelTimer, Clock, Frame } from '@jiga/contracts';

/** A frame that is older shows no more what its player sees. */
const KEEP_MS = 30_000;

export interface KeptFrame {
  readonly bytes: Uint8Array;
  /** How long ago it came, in milliseconds. */
  readonly ageMs: number;
}

/** The newest frame of a session, as it came, in memory alone: let go when it is old, when it is replaced, or when asked to. */
export class LastFrame {
  #bytes: Uint8Array | null = null;
  #cameAtMs = 0;
  #cancelTimer: CancelTimer | null = null;

  constructor(private readonly clock: Clock) {}

  keep({ bytes }: Pick<Frame, 'bytes'>): void {
    this.#bytes = bytes;
    this.#cameAtMs = this.clock.monotonicMs();
    // One timer, whatever the frame rate: when it is over, it looks how old the frame is by then.
    this.#cancelTimer ??= this.#forgetIn(KEEP_MS);
  }

  /** null = none has come, or not for long. */
  read(): KeptFrame | null {
    const ageMs = this.clock.monotonicMs() - this.#cameAtMs;
    return this.#bytes && ageMs <= KEEP_MS ? { bytes: this.#bytes, ageMs } : null;
  }

  /** May be called twice, and a frame kept afterwards. */
  forget(): void {
    this.#bytes = null;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #forgetIn(ms: number): CancelTimer {
    return this.clock.after(ms, () => {
      const leftMs = this.#cameAtMs + KEEP_MS - this.clock.monotonicMs();
      if (leftMs > 0) this.#cancelTimer = this.#forgetIn(leftMs);
      else this.forget();
    });
  }
}
