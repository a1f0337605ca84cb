import type { Box, HudValue } from '@jiga/contracts';
import { hudValue, parseField, unreadableValue, type Belief, type FieldState } from './field-value.js';
import type { Sight } from './region-board.js';
import type { FieldRule } from './rules.js';

interface Candidate {
  readonly value: number;
  readonly text: string;
  readonly confidence: number;
  readonly box: Box;
}

/** A change between two values that were both seen twice, or once with certainty. */
export interface FieldChange {
  readonly from: number;
  readonly to: Belief;
}

/** How far a reading can be trusted next to the value before it: the least confidence, or so many sights in a row. */
interface Demand {
  readonly confidence: number;
  readonly sights: number;
}

/** A single reading as sure as this needs no second one to count as settled, provided that it is a usual change. */
const SURE = 0.97;
/** Never reached by a single reading. */
const NEVER = 2;

/** A number on the screen that may change at any time: believed at once when plausible, held back when odd. */
export class NumberField {
  state: FieldState = 'unknown';
  belief: Belief | null = null;
  private pending: Belief | null = null;
  private settled: Belief | null = null;
  private changes: FieldChange[] = [];
  private box: Box | null = null;
  private lookedAt = 0;
  /** When the place was last seen to hold the believed value, or nothing. */
  private clearAt = -Infinity;

  constructor(readonly rule: FieldRule) {}

  /** @param surelyGone the fields that are drawn together with this one are all gone, too */
  observe(sight: Sight | null, now: number, surelyGone = false): void {
    if (sight === null) return;
    this.lookedAt = now;
    this.box = sight.reading.box;
    const candidate = this.candidate(sight);
    if (candidate !== null) this.weigh(candidate, sight, now);
    else if (sight.reading.outcome === 'empty') this.miss(now, surelyGone);
    else this.unclear(now);
  }

  /** The field at a moment not before the last observation. */
  at(now: number): HudValue | null {
    if (this.state === 'unreadable') return unreadableValue(this.box, Math.round((now - this.lookedAt) * 1000));
    if (this.state !== 'shown' || this.belief === null) return null;
    return hudValue(this.rule, this.belief, this.belief.value, now);
  }

  /** Value while it is on the screen, else null. */
  value(): number | null {
    return this.state === 'shown' ? (this.belief?.value ?? null) : null;
  }

  /** Settled changes since the last call. */
  takeChanges(): FieldChange[] {
    const taken = this.changes;
    this.changes = [];
    return taken;
  }

  /** Forgets what was believed, as when the view changes to another player. */
  reset(): void {
    this.belief = this.pending = this.settled = null;
    this.changes = [];
    this.state = 'unknown';
    this.clearAt = -Infinity;
  }

  private candidate(sight: Sight): Candidate | null {
    const { outcome, text, confidence, box } = sight.reading;
    if (outcome !== 'read' || text === null) return null;
    const value = parseField(this.rule, text);
    return value === null ? null : { value, text, confidence, box };
  }

  private weigh(candidate: Candidate, sight: Sight, now: number): void {
    const { belief } = this;
    const before = this.state === 'shown' ? belief : null;
    if (before !== null && before.value === candidate.value) {
      const confidence = Math.max(candidate.confidence, 0.9 * before.confidence);
      this.believe({ ...candidate, confidence, since: before.since, seenAt: now, sights: before.sights + 1 });
      return;
    }
    const repeated = this.pending !== null && this.agrees(this.pending.value, candidate.value) ? this.pending : null;
    const next: Belief = {
      ...candidate,
      since: repeated?.since ?? sight.readAt,
      seenAt: now,
      sights: (repeated?.sights ?? 0) + 1,
    };
    const demand = this.demand(before, candidate.value);
    if (candidate.confidence >= demand.confidence || next.sights >= demand.sights) this.believe(next);
    else this.hold(next, now);
  }

  private demand(before: Belief | null, value: number): Demand {
    const { usualFrom, oddFrom, oddSights, suspectSights } = this.rule;
    if (before === null) return { confidence: this.rule.newFrom, sights: 2 };
    if (gainsDigit(before.value, value)) return { confidence: NEVER, sights: suspectSights };
    if (this.rule.usualStep.down < before.value && gainsDigit(value, before.value)) {
      return { confidence: NEVER, sights: suspectSights };
    }
    if (this.isUsual(before.value, value)) return { confidence: usualFrom, sights: 2 };
    return { confidence: value > before.value && this.rule.rises !== undefined ? NEVER : oddFrom, sights: oddSights };
  }

  private hold(next: Belief, now: number): void {
    this.pending = next;
    this.unclear(now);
  }

  /** Something is there that cannot be believed: the last value, or its absence, stands for a while yet. */
  private unclear(now: number): void {
    if (now - this.clearAt > this.rule.carryS) this.state = 'unreadable';
  }

  /** An empty place: the number blinks, or it is gone. */
  private miss(now: number, surelyGone: boolean): void {
    const blinks = this.state === 'shown' && this.belief !== null && now - this.belief.seenAt <= this.rule.blinkS;
    if (blinks && !surelyGone) return;
    this.state = 'hidden';
    this.clearAt = now;
    this.pending = null;
  }

  private believe(next: Belief): void {
    this.belief = next;
    this.clearAt = next.seenAt;
    this.pending = null;
    this.state = 'shown';
    const before = this.settled;
    if (next.sights < 2 && next.confidence < SURE) return;
    if (before !== null && before.value !== next.value) this.changes.push({ from: before.value, to: next });
    this.settled = next;
  }

  private isUsual(from: number, to: number): boolean {
    const { usualStep, rises } = this.rule;
    if (to < from) return from - to <= usualStep.down;
    return to - from <= usualStep.up && (rises === undefined || rises.includes(to - from));
  }

  /** A second reading supports the first when it is the same or a small usual change of it. */
  private agrees(first: number, second: number): boolean {
    return first === second || (this.isUsual(first, second) && Math.abs(first - second) <= Math.max(6, 0.05 * first));
  }
}

/** Whether `to` is `from` with digits in front: what a reading of the scene beside a number looks like. */
function gainsDigit(from: number, to: number): boolean {
  const before = String(from);
  const after = String(to);
  return from !== 0 && after.length > before.length && after.endsWith(before);
}
