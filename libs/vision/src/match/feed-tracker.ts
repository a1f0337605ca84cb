import type { Box } from '@jiga/contracts';
import type { Sight } from './region-board.js';
import type { FeedRule } from './rules.js';

export interface LineReading {
  readonly text: string;
  readonly confidence: number;
  readonly box: Box;
  readonly region: string;
}

/** One line of the feed, followed from slot to slot while it scrolls. */
export interface FeedLine {
  /** Capture time of the frame that first showed it. */
  readonly firstSeen: number;
  /** Capture time of the last frame that did not show it yet. */
  readonly bornAfter: number;
  lastSeen: number;
  /** Readings of the line: the first one, then the latest ones. */
  readonly readings: LineReading[];
  /** Updates in which it was on the screen. */
  sights: number;
  /** Set by the reader of the feed once the line has been dealt with. */
  done: boolean;
  /** What the reader of the feed took it to say; null before that. */
  told: string | null;
}

/** A slot as the update shows it: a text, nothing, or no idea. */
type Slot =
  | { readonly kind: 'text'; readonly reading: LineReading; readonly fresh: boolean }
  | { readonly kind: 'empty' | 'unknown' };

/** The game's and our idea of when a line goes may differ by this much. */
const SLACK_S = 0.4;
/** A line seen again after no longer than this is the same one even when its time is over. */
const CONTINUITY_S = 0.7;
const MIN_ALIKE = 0.62;
/** A line whose time cannot be over yet is still there, even when it is suddenly read quite differently. */
const MIN_ALIKE_STANDING = 0.45;
const NEW_LINE_COST = 0.35;
const LOST_LINE_COST = 0.3;
const OVERDUE_COST = 0.25;
const MAX_READINGS = 6;
const MAX_LINES = 24;

/**
 * Follows the lines of a scrolling feed. Lines keep their order: the oldest goes first, new ones come last. So the
 * slots of an update are aligned with the lines already known (a Needleman–Wunsch alignment), and what is left over
 * is new. A line's age tells two equal lines apart: none outlives the game's display time.
 */
export class FeedTracker {
  private lines: FeedLine[] = [];
  private lookedAt = -Infinity;

  constructor(
    private readonly rule: FeedRule,
    /** How alike two readings are as sentences, 0–1. */
    private readonly alike: (a: string, b: string) => number,
  ) {}

  /** Takes in the slots of one update and returns the lines that may still be on the screen, oldest first. */
  update(sightOf: (region: string) => Sight | null, now: number): readonly FeedLine[] {
    const slots = this.rule.regions.map((region) => toSlot(sightOf(region), region));
    const shown = slots.filter((slot) => slot.kind === 'text');
    const unknown = slots.some((slot) => slot.kind === 'unknown');
    this.place(shown, now, unknown);
    // A slot that nobody had time to look at may have shown a new line since.
    if (!unknown) this.lookedAt = now;
    return this.lines;
  }

  /** Removes and returns lines whose time is over. */
  takeExpired(now: number): FeedLine[] {
    const over = this.lines.filter((line) => this.isOver(line, now));
    if (over.length > 0) this.lines = this.lines.filter((line) => !over.includes(line));
    return over;
  }

  clear(): void {
    this.lines = [];
    this.lookedAt = -Infinity;
  }

  private isOver(line: FeedLine, now: number): boolean {
    return now - line.firstSeen > this.rule.lifetimeS + SLACK_S && now - line.lastSeen > CONTINUITY_S;
  }

  private place(shown: readonly { reading: LineReading; fresh: boolean }[], now: number, unknown: boolean): void {
    const partner = this.align(shown, now, unknown);
    const placed: FeedLine[] = [];
    let next = 0;
    shown.forEach((slot, index) => {
      const at = partner[index] ?? -1;
      if (at < 0) {
        placed.push(newLine(slot.reading, now, this.lookedAt));
        return;
      }
      while (next < at) placed.push(this.lines[next++] as FeedLine);
      const line = this.lines[next++] as FeedLine;
      see(line, slot.reading, slot.fresh, now);
      placed.push(line);
    });
    placed.push(...this.lines.slice(next));
    placed.sort((a, b) => a.firstSeen - b.firstSeen);
    this.lines = placed.slice(-MAX_LINES);
  }

  /** For every shown slot the index of the line that it continues, or -1 for a new one. */
  private align(shown: readonly { reading: LineReading }[], now: number, unknown: boolean): number[] {
    const lost = (i: number): number => this.lossCost(this.lines[i], now, unknown);
    const rows = this.lines.length;
    const cols = shown.length;
    const best = Array.from({ length: rows + 1 }, () => Array.from({ length: cols + 1 }, () => 0));
    const gain = Array.from({ length: rows }, (_, i) =>
      shown.map((slot) => this.gain(this.lines[i], slot.reading, now)),
    );
    for (let i = rows; i >= 0; i--) {
      for (let j = cols; j >= 0; j--) {
        if (i === rows && j === cols) continue;
        const skipLine = i < rows ? (best[i + 1]?.[j] ?? 0) - lost(i) : -Infinity;
        const skipSlot = j < cols ? (best[i]?.[j + 1] ?? 0) - NEW_LINE_COST : -Infinity;
        const match = i < rows && j < cols ? (best[i + 1]?.[j + 1] ?? 0) + (gain[i]?.[j] ?? -Infinity) : -Infinity;
        (best[i] as number[])[j] = Math.max(skipLine, skipSlot, match);
      }
    }
    return traceAlignment(best, gain, lost);
  }

  /** What speaks for the slot showing the line; minus infinity when it cannot. */
  private gain(line: FeedLine | undefined, reading: LineReading, now: number): number {
    if (line === undefined) return -Infinity;
    const age = now - line.firstSeen;
    if (age > this.rule.lifetimeS + SLACK_S && now - line.lastSeen > CONTINUITY_S) return -Infinity;
    const alike = Math.max(...line.readings.map((known) => this.alike(known.text, reading.text)));
    if (alike < (this.mustStand(line, now) ? MIN_ALIKE_STANDING : MIN_ALIKE)) return -Infinity;
    return alike - (age > this.rule.lifetimeS + SLACK_S ? OVERDUE_COST : 0);
  }

  /** A line that should still be there is not lost for nothing, unless some slot could not be seen. */
  private lossCost(line: FeedLine | undefined, now: number, unknown: boolean): number {
    return line !== undefined && !unknown && this.mustStand(line, now) ? LOST_LINE_COST : 0;
  }

  private mustStand(line: FeedLine, now: number): boolean {
    return now - line.bornAfter < this.rule.lifetimeS - SLACK_S;
  }
}

function traceAlignment(
  best: readonly (readonly number[])[],
  gain: readonly (readonly number[])[],
  lost: (i: number) => number,
): number[] {
  const rows = best.length - 1;
  const cols = (best[0]?.length ?? 1) - 1;
  const partner = Array.from({ length: cols }, () => -1);
  let i = 0;
  let j = 0;
  while (i < rows && j < cols) {
    const here = best[i]?.[j] ?? 0;
    if (here === (best[i + 1]?.[j + 1] ?? 0) + (gain[i]?.[j] ?? -Infinity)) partner[j++] = i++;
    else if (here === (best[i + 1]?.[j] ?? 0) - lost(i)) i++;
    else j++;
  }
  return partner;
}

function toSlot(sight: Sight | null, region: string): Slot {
  if (sight === null || sight.reading.outcome === 'unreadable') return { kind: 'unknown' };
  const { text, confidence, box } = sight.reading;
  if (sight.reading.outcome === 'empty' || text === null || text.trim() === '') return { kind: 'empty' };
  return { kind: 'text', reading: { text, confidence, box, region }, fresh: sight.fresh };
}

function newLine(reading: LineReading, now: number, bornAfter: number): FeedLine {
  return { firstSeen: now, bornAfter, lastSeen: now, readings: [reading], sights: 1, done: false, told: null };
}

function see(line: FeedLine, reading: LineReading, fresh: boolean, now: number): void {
  line.lastSeen = now;
  line.sights++;
  if (!fresh) return;
  line.readings.push(reading);
  if (line.readings.length > MAX_READINGS) line.readings.splice(1, 1);
}
