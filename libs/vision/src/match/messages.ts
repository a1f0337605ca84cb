import type { Box } from '@jiga/contracts';
import type { LineReading } from './feed-tracker.js';
import type { PhraseMatch, PhraseMatcher } from './phrase-matcher.js';
import { Roster } from './roster.js';
import type { NameRule } from './rules.js';
import { fold, similarity, tidy } from './text-fold.js';

/** A sentence of the game, understood: what it says and about whom. */
export interface Message {
  readonly says: string;
  /** The phrase's own details, chosen alternatives and slots with spelled names; numbers as text. */
  readonly detail: Readonly<Record<string, string>>;
  /** Names as they were read, before they were spelled. */
  readonly rawNames: readonly string[];
  /** All fixed letters were read right and with confidence. */
  readonly clean: boolean;
  readonly confidence: number;
  readonly text: string;
  readonly box: Box;
  readonly region: string;
  readonly playerFlag: 'own' | 'enemy' | null;
}

export interface ChatLine {
  readonly speaker: string;
  readonly text: string;
  readonly team: boolean;
}

const NAME_SLOTS: ReadonlySet<string> = new Set(['victim', 'killer', 'player']);
/** One reading as good as this is reported without waiting for a second one. */
const SURE = 0.85;
const SURE_UNKNOWN_NAME = 0.93;
const MIN_CONFIDENCE = 0.55;
const MIN_UNKNOWN_NAME = 0.75;
const NAME_PATIENCE_S = 1;
const CLEAN_QUALITY = 0.99;
const CLEAN_CONFIDENCE = 0.95;

interface Parsed {
  readonly match: PhraseMatch;
  readonly reading: LineReading;
  readonly detail: Readonly<Record<string, string>>;
  readonly allKnown: boolean;
  /** All fixed letters were read right and with confidence. */
  readonly clean: boolean;
  readonly score: number;
}

/** Reads sentences out of noisy text, with names spelled as the roster knows them. */
export class MessageReader {
  constructor(
    private readonly matcher: PhraseMatcher,
    private readonly roster: Roster,
    private readonly names: NameRule,
  ) {}

  /**
   * What several readings of one text say together. `settled` says that no better reading is to be expected; until
   * then a doubtful message waits (null), and one about an unknown player waits longer: until `ageS`, the time since
   * the text appeared, has given other sources the time to name him.
   */
  read(set: string, readings: readonly LineReading[], settled: boolean, ageS: number): Message | null {
    const parsed = readings.map((reading) => this.parse(set, reading)).filter((one) => one !== null);
    const best = winner(parsed);
    if (best === null) return null;
    const support = parsed.filter((one) => sameMeaning(one, best)).length;
    if (best.score < (best.allKnown ? MIN_CONFIDENCE : MIN_UNKNOWN_NAME)) return null;
    const sure = best.score >= (best.allKnown ? SURE : SURE_UNKNOWN_NAME);
    const patient = best.allKnown || ageS >= NAME_PATIENCE_S;
    if (!sure && !settled && !(support >= 2 && patient)) return null;
    if (!best.allKnown && !best.clean && support < 2) return null;
    return toMessage(best, Math.min(0.99, best.score + 0.05 * (support - 1)));
  }

  /** A line of chat, or null. Known by the marks around the speaker, before any sentence is looked for. */
  chat(text: string): ChatLine | null {
    const clean = tidy(text);
    for (const mark of this.names.chatMarks) {
      if (!clean.startsWith(mark.open)) continue;
      const end = clean.indexOf(mark.close, mark.open.length);
      if (end < 0 || end > mark.open.length + this.names.maxLength) continue;
      const speaker = clean.slice(mark.open.length, end).trim();
      const said = clean.slice(end + mark.close.length).replace(/^[\s:]+/, '');
      if (speaker !== '' && said !== '') return { speaker, text: said, team: mark.team };
    }
    return null;
  }

  /** How alike two readings of a line are: the same sentence about the same players, or else the same letters. */
  alike(set: string, a: string, b: string): number {
    if (a === b) return 1;
    const letters = similarity(fold(a).chars, fold(b).chars);
    const left = this.matcher.match(set, a);
    const right = this.matcher.match(set, b);
    if (left === null || right === null) return letters;
    if (left.says !== right.says) return letters * 0.6;
    const names = [...NAME_SLOTS].map((slot) => nameAlike(left.slots[slot], right.slots[slot]));
    return (letters + Math.min(...names)) / 2;
  }

  private parse(set: string, reading: LineReading): Parsed | null {
    if (this.chat(reading.text) !== null) return null;
    const match = this.matcher.match(set, reading.text);
    if (match === null) return null;
    const detail: Record<string, string> = { ...match.detail };
    const clean = match.quality >= CLEAN_QUALITY && reading.confidence >= CLEAN_CONFIDENCE;
    let fit = 1;
    let allKnown = true;
    for (const [slot, raw] of Object.entries(match.slots)) {
      if (!NAME_SLOTS.has(slot)) {
        detail[slot] = raw;
        continue;
      }
      const name = this.roster.resolve(raw, clean);
      if (name === null || (!name.known && this.isDoubtful(raw))) return null;
      detail[slot] = name.name;
      fit = Math.min(fit, name.fit);
      allKnown &&= name.known;
    }
    const score = reading.confidence * match.quality * (0.6 + 0.4 * fit);
    return { match, reading, detail, allKnown, clean, score };
  }

  /** An unknown name that holds a chat mark, or more or less than a known name, was read off something else. */
  private isDoubtful(raw: string): boolean {
    return raw.includes(':') || this.roster.startsWithKnown(raw) || this.roster.isTail(raw);
  }
}

function nameAlike(a: string | undefined, b: string | undefined): number {
  return a === undefined || b === undefined ? 1 : Roster.alike(a, b);
}

function meaning(one: Parsed): string {
  return `${one.match.says} ${JSON.stringify(Object.entries(one.detail).sort(([a], [b]) => a.localeCompare(b)))}`;
}

function sameMeaning(a: Parsed, b: Parsed): boolean {
  return meaning(a) === meaning(b);
}

/** The reading with the meaning that gathers most score, and the best reading of that meaning. */
function winner(parsed: readonly Parsed[]): Parsed | null {
  const totals = new Map<string, number>();
  for (const one of parsed) totals.set(meaning(one), (totals.get(meaning(one)) ?? 0) + one.score);
  let best: Parsed | null = null;
  for (const one of parsed) {
    const total = totals.get(meaning(one)) ?? 0;
    const bestTotal = best === null ? -1 : (totals.get(meaning(best)) ?? 0);
    if (total > bestTotal || (total === bestTotal && one.score > (best?.score ?? 0))) best = one;
  }
  return best;
}

function toMessage(parsed: Parsed, confidence: number): Message {
  const { match, reading, detail } = parsed;
  return {
    clean: parsed.clean,
    says: match.says,
    detail,
    rawNames: Object.entries(match.slots).flatMap(([slot, raw]) => (NAME_SLOTS.has(slot) ? [raw] : [])),
    confidence,
    text: tidy(reading.text),
    box: reading.box,
    region: reading.region,
    playerFlag: match.rule.playerFlag ?? null,
  };
}
