import type { HudValue } from '@jiga/contracts';
import { hudValue, parseField, unreadableValue, type Belief, type FieldState } from './field-value.js';
import type { Sight } from './region-board.js';
import type { FieldRule } from './rules.js';

/** Capture times may be off by this much against the game's own clock. */
const JITTER_S = 0.08;
/** Widening of the offset's bounds per second, for clocks that do not run exactly as ours. */
const DRIFT = 0.01;
/** A clock that ran true for long is set anew only when what contradicts it did so for long, too: seconds each. */
const MAX_TRUST_S = 6;
const TRUST_SHARE = 0.5;
/** Longest time for which a running clock is reckoned on without being seen. */
const RECKON_S = 6;

/**
 * A clock that ticks once a second. Each reading bounds the offset between the game's time and ours to one second;
 * together they bound it far closer, which tells a misreading from a tick and allows to reckon the clock between two
 * readings. `HudValue.value` is the reckoned time of the asked moment, `text` is what was last read.
 */
export class ClockField {
  state: FieldState = 'unknown';
  belief: Belief | null = null;
  private pending: Belief | null = null;
  private low = -Infinity;
  private high = Infinity;
  private running = false;
  /** True while the last observation set the clock back by more than a misread tick: a new match or round. */
  jumpedBack = false;
  private lookedAt = 0;
  /** Since when readings have borne the offset out, and since when they have contradicted it. */
  private trueSince = 0;
  private doubtedSince = 0;

  constructor(readonly rule: FieldRule) {}

  observe(sight: Sight | null, now: number): void {
    if (sight === null) return;
    const before = this.lookedAt;
    this.lookedAt = now;
    this.jumpedBack = false;
    this.widen(now - before);
    const { outcome, text, confidence, box } = sight.reading;
    const value = outcome === 'read' && text !== null ? parseField(this.rule, text) : null;
    if (value !== null && text !== null) {
      if (!sight.fresh && !this.fits(value, now)) return;
      this.weigh({ value, text, confidence, box, since: now, seenAt: now, sights: 1 });
    } else if (outcome === 'empty') {
      this.miss(now);
    } else if (this.belief === null || now - this.belief.seenAt > this.rule.carryS) {
      this.state = 'unreadable';
    }
  }

  at(now: number): HudValue | null {
    if (this.state === 'unreadable') return unreadableValue(this.belief?.box ?? null, this.ageMs(now));
    if (this.state !== 'shown' || this.belief === null) return null;
    return hudValue(this.rule, this.belief, this.reckon(now, this.belief), now);
  }

  value(): number | null {
    return this.state === 'shown' ? (this.belief?.value ?? null) : null;
  }

  reset(): void {
    this.belief = this.pending = null;
    this.state = 'unknown';
    this.forgetOffset();
  }

  private miss(now: number): void {
    if (this.state === 'shown' && this.belief !== null && now - this.belief.seenAt <= this.rule.blinkS) return;
    this.state = 'hidden';
    this.pending = null;
  }

  private ageMs(now: number): number {
    return Math.round((now - (this.belief?.seenAt ?? this.lookedAt)) * 1000);
  }

  private sign(): 1 | -1 {
    return this.rule.runs === 'down' ? -1 : 1;
  }

  /** Bounds of `game time ∓ our time` that a value drawn now stands for. */
  private bounds(value: number, now: number): readonly [number, number] {
    const base = value - this.sign() * now;
    return [base - JITTER_S, base + 1 + JITTER_S];
  }

  private fits(value: number, now: number): boolean {
    const [low, high] = this.bounds(value, now);
    return low < this.high && high > this.low;
  }

  private weigh(next: Belief): void {
    if (this.belief === null) {
      if (next.confidence >= this.rule.oddFrom || this.supports(next)) this.restart(next);
      else this.pending = next;
    } else if (this.fits(next.value, next.seenAt)) {
      this.running ||= next.value !== this.belief.value;
      this.accept(next);
    } else {
      this.doubt(next, this.belief);
    }
  }

  /** A reading that contradicts the clock: held back until others bear it out for as long as the clock deserves. */
  private doubt(next: Belief, belief: Belief): void {
    const supported = this.supports(next);
    if (!supported) this.doubtedSince = next.seenAt;
    this.pending = next;
    const trust = Math.min(MAX_TRUST_S, belief.seenAt - this.trueSince) * TRUST_SHARE;
    if (!supported || next.seenAt - this.doubtedSince < trust) return;
    this.running &&= next.value !== belief.value;
    this.jumpedBack = this.sign() * (next.value - belief.value) < -2;
    this.restart(next);
  }

  /** Whether the held-back reading and this one tell the same time, or the same standing clock. */
  private supports(next: Belief): boolean {
    const { pending } = this;
    if (pending === null) return false;
    const passed = next.seenAt - pending.seenAt;
    const moved = this.sign() * (next.value - pending.value);
    return (
      Math.abs(moved - passed) <= 1 + JITTER_S || (next.value === pending.value && next.value === this.belief?.value)
    );
  }

  private restart(next: Belief): void {
    this.forgetOffset();
    this.trueSince = next.seenAt;
    this.accept(next);
  }

  private accept(next: Belief): void {
    const [low, high] = this.bounds(next.value, next.seenAt);
    this.low = Math.max(this.low, low);
    this.high = Math.min(this.high, high);
    this.pending = null;
    this.belief = next;
    this.state = 'shown';
  }

  private forgetOffset(): void {
    this.low = -Infinity;
    this.high = Infinity;
  }

  private widen(seconds: number): void {
    if (!Number.isFinite(this.low) || seconds <= 0) return;
    this.low -= DRIFT * seconds;
    this.high += DRIFT * seconds;
  }

  private reckon(now: number, belief: Belief): number {
    const ahead = now - belief.seenAt;
    if (ahead <= 0 || !this.running || ahead > RECKON_S) return belief.value;
    const reckoned = Math.floor((this.low + this.high) / 2 + this.sign() * now);
    const bounded = Math.min(this.rule.max, Math.max(this.rule.min, reckoned));
    return this.sign() * (bounded - belief.value) < 0 ? belief.value : bounded;
  }
}
