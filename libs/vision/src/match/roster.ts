import type { NameRule } from './rules.js';
import { closeUp, editCost, fold } from './text-fold.js';

export interface KnownName {
  readonly name: string;
  /** How well the reading fits: 1 for the same letters. */
  readonly fit: number;
  /** False when the name was never read before. */
  readonly known: boolean;
}

/** Readings that are taken for one player, with how much speaks for each spelling. */
interface Entry {
  key: string;
  name: string;
  weight: number;
  readonly spellings: Map<string, number>;
}

const MAX_ENTRIES = 64;
const MAX_SPELLINGS = 24;
/** Errors (see `editCost`) that a reading of a known name may have: so many, or this share of its length. */
const FREE_COST = 0.75;
const KNOWN_SHARE = 0.34;
const SEED_SHARE = 0.3;
const CLEAN_SEED_SHARE = 0.2;
/** The nearest name must be nearer than the next one by this much. */
const CLEARLY = 0.6;
const TAIL_SHARE = 0.7;
const TAIL_FIT = 0.7;
const MIN_TAIL = 3;
/** What speaks for a name that the game itself gives, in readings. */
const SEED_WEIGHT = 3;
/** A spelling of its own that was read with certainty this often is another player with a similar name. */
const OWN_NAME_WEIGHT = 3;

/**
 * The players' names as they become known. A reading is spelled like the known name nearest to it; one that is near
 * to none stays as it was read.
 */
export class Roster {
  private readonly entries: Entry[] = [];
  private readonly seeds: ReadonlyMap<string, string>;

  constructor(private readonly rules: NameRule) {
    this.seeds = new Map(rules.seeds.map((name) => [fold(name).chars, name]));
  }

  /**
   * Spells a name that was read; null when it cannot be a name.
   * @param clean the text around it was read without errors, so that the name will have few, too
   */
  resolve(reading: string, clean = false): KnownName | null {
    const raw = strip(reading);
    const key = fold(raw).chars;
    if (key.length === 0 || raw.length > this.rules.maxLength) return null;
    const entry = this.nearestEntry(key);
    if (entry !== null) return { name: entry.name, fit: fit(entry.key, key), known: true };
    const seed = this.nearestSeed(key, clean);
    if (seed !== null) return { name: this.seeds.get(seed) ?? raw, fit: fit(seed, key), known: true };
    return { name: raw, fit: 1, known: false };
  }

  /** Whether the reading starts with a known name and goes on: a sign of chat rather than of a name. */
  startsWithKnown(reading: string): boolean {
    const words = strip(reading).split(' ');
    const names = this.entries.filter((entry) => entry.weight >= 1).map((entry) => entry.key);
    return words.some((_, count) => {
      const head = fold(words.slice(0, count).join(' ')).chars;
      return head.length > 2 && names.includes(head);
    });
  }

  /** Whether the reading may be the end of a known name whose beginning was not read. */
  isTail(reading: string): boolean {
    const key = fold(strip(reading)).chars;
    const names = [...this.entries.map((entry) => entry.key), ...this.seeds.keys()];
    return names.some(
      (name) => key.length <= TAIL_SHARE * name.length && editCost(name.slice(-key.length), key) < FREE_COST,
    );
  }

  /** Takes note of a name as it was read in a text that is surely about a player; returns its spelling. */
  learn(reading: string, confidence: number, clean = false): string | null {
    const raw = strip(reading);
    const key = fold(raw).chars;
    if (key.length === 0 || raw.length > this.rules.maxLength) return null;
    const entry = this.nearestEntry(key) ?? this.add(this.nearestSeed(key, clean) ?? key);
    entry.weight += confidence;
    const weight = (entry.spellings.get(raw) ?? 0) + confidence;
    if (entry.spellings.size >= MAX_SPELLINGS && !entry.spellings.has(raw)) dropLightest(entry.spellings);
    entry.spellings.set(raw, weight);
    this.respell(entry);
    if (key !== entry.key && weight >= OWN_NAME_WEIGHT && this.isOwn(entry, raw)) return this.split(entry, raw, key);
    return entry.name;
  }

  /** Names that were learnt, with how sure it is that such a player exists. */
  list(): { readonly name: string; readonly confidence: number }[] {
    return this.entries.map(({ name, weight }) => ({ name, confidence: 1 - 0.4 ** weight }));
  }

  /** How alike two readings are as names, 0–1; the end of a name is like the whole. */
  static alike(a: string, b: string): number {
    const keys = [fold(strip(a)).chars, fold(strip(b)).chars].sort((left, right) => left.length - right.length);
    const [short = '', long = ''] = keys;
    const tail = short.length >= MIN_TAIL && editCost(long.slice(-short.length), short) < FREE_COST;
    return Math.max(fit(short, long), tail ? TAIL_FIT : 0);
  }

  private nearestEntry(key: string): Entry | null {
    return nearest(this.entries, (entry) => entry.key, key, KNOWN_SHARE);
  }

  private nearestSeed(key: string, clean: boolean): string | null {
    return nearest([...this.seeds.keys()], (seed) => seed, key, clean ? CLEAN_SEED_SHARE : SEED_SHARE);
  }

  /** A name is spelled as the game itself would, or as it was read most. */
  private respell(entry: Entry): void {
    const byKey = new Map<string, number>(this.seeds.has(entry.key) ? [[entry.key, SEED_WEIGHT]] : []);
    for (const [spelling, weight] of entry.spellings) {
      const key = fold(spelling).chars;
      byKey.set(key, (byKey.get(key) ?? 0) + weight);
    }
    entry.key = heaviest(byKey) ?? entry.key;
    const same = [...entry.spellings].filter(([spelling]) => fold(spelling).chars === entry.key);
    entry.name = this.seeds.get(entry.key) ?? heaviest(new Map(same)) ?? entry.name;
  }

  /** Look-alike letters are misreadings however often they come; other letters, seen often, are not. */
  private isOwn(entry: Entry, raw: string): boolean {
    return editCost(entry.key, fold(raw).chars) >= 1;
  }

  private split(from: Entry, raw: string, key: string): string {
    const weight = from.spellings.get(raw) ?? 0;
    from.spellings.delete(raw);
    const entry = this.add(key);
    entry.spellings.set(raw, weight);
    entry.weight = weight;
    this.respell(entry);
    return entry.name;
  }

  private add(key: string): Entry {
    const entry: Entry = { key, name: this.seeds.get(key) ?? key, weight: 0, spellings: new Map() };
    if (this.entries.length >= MAX_ENTRIES) {
      this.entries.sort((a, b) => b.weight - a.weight);
      this.entries.pop();
    }
    this.entries.push(entry);
    return entry;
  }
}

/** The candidate that `key` is a reading of: near enough for its length, and clearly nearer than any other. */
function nearest<T>(candidates: readonly T[], keyOf: (one: T) => string, key: string, share: number): T | null {
  const ranked = candidates.map((one) => ({ one, cost: editCost(keyOf(one), key) })).sort((a, b) => a.cost - b.cost);
  const [best, next] = ranked;
  if (best === undefined) return null;
  if (best.cost === 0) return best.one;
  const length = Math.min(keyOf(best.one).length, key.length);
  if (best.cost >= Math.max(length <= 3 ? 0.4 : FREE_COST, share * length)) return null;
  return next !== undefined && next.cost - best.cost < CLEARLY ? null : best.one;
}

function fit(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : Math.max(0, 1 - editCost(a, b) / longest);
}

/** Takes off what recognition adds around a name; brackets stay, they are common in names. */
function strip(reading: string): string {
  return closeUp(reading.replace(/^[\s.,;:'"`_-]+|[\s.,;:'"`_!-]+$/g, ''));
}

function heaviest(counts: ReadonlyMap<string, number>): string | null {
  let best: string | null = null;
  for (const [key, count] of counts) if (best === null || count > (counts.get(best) ?? 0)) best = key;
  return best;
}

function dropLightest(counts: Map<string, number>): void {
  const [lightest] = [...counts].sort(([, a], [, b]) => a - b);
  if (lightest !== undefined) counts.delete(lightest[0]);
}
