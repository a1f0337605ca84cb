import type { CancelTimer, Clock } from '@jiga/contracts';

/** Between two starts: so many streams at once neither storm a service nor start all their decoders together. */
const SPACING_MS = 100;
/** Of the spacing, at random: servers that were restarted together drift apart. */
const JITTER = 0.5;

/** Lets streams start one after the other. The first of a while starts at once. */
export class StartGate {
  #freeAtMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {}

  /** Calls `start` when its turn comes, at once when nobody is before it; returns what gives the turn up. */
  enter(start: () => void): CancelTimer {
    const nowMs = this.clock.monotonicMs();
    const turnMs = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = turnMs + SPACING_MS * (1 + JITTER * (2 * this.random() - 1));
    if (turnMs > nowMs) return this.clock.after(turnMs - nowMs, start);
    start();
    return () => {};
  }
}
