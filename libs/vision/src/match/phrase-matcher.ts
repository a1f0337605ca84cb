import { compilePhrases, type CompiledPhrase } from './phrase-compiler.js';
import type { PhraseRule } from './rules.js';
import { bigrams, fold, substitutionCost, type Folded } from './text-fold.js';

/** A text understood as one of the known sentences. */
export interface PhraseMatch {
  readonly says: string;
  readonly rule: PhraseRule;
  readonly detail: Readonly<Record<string, string>>;
  /** What stands in the slots, as read. */
  readonly slots: Readonly<Record<string, string>>;
  /** 1 when every fixed letter was read right. */
  readonly quality: number;
}

/** A slot that starts or ends inside a word is less likely than one at a space; glued texts pay it everywhere alike. */
const INSIDE_WORD_COST = 0.12;
const MIN_PAIR_SHARE = 0.35;
const MAX_CANDIDATES = 8;
const MIN_SEGMENT_QUALITY = 0.6;
const CACHE_SIZE = 256;
const DIGIT_LIKE = /[0-9oilsb]/;

/** How many errors a sentence with so many fixed letters may have: short ones are easily found by accident. */
function allowedCost(literals: number): number {
  if (literals <= 6) return 0.4;
  if (literals <= 10) return 1.1;
  return literals * 0.2;
}

/**
 * Finds the sentence of a set that explains a text best. The alignment is a dynamic programme over the sentence's
 * letters and slots (Levenshtein with free gaps at the slots, as in Sellers' approximate search).
 */
export class PhraseMatcher {
  private readonly sets = new Map<string, CompiledPhrase[]>();
  private readonly cache = new Map<string, PhraseMatch | null>();

  constructor(rules: readonly PhraseRule[]) {
    for (const phrase of compilePhrases(rules)) {
      const set = this.sets.get(phrase.rule.set) ?? [];
      set.push(phrase);
      this.sets.set(phrase.rule.set, set);
    }
  }

  match(set: string, text: string): PhraseMatch | null {
    const key = `${set}\n${text}`;
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    const found = this.search(set, fold(text));
    const oldest = this.cache.size >= CACHE_SIZE ? this.cache.keys().next().value : undefined;
    if (oldest !== undefined) this.cache.delete(oldest);
    this.cache.set(key, found);
    return found;
  }

  /** The few sentences that share most letter pairs with the text: aligning all would take too long. */
  private candidates(set: string, text: Folded): CompiledPhrase[] {
    const pairs = bigrams(text.chars);
    return (this.sets.get(set) ?? [])
      .map((phrase) => ({ phrase, share: pairShare(phrase.pairs, pairs) }))
      .filter(({ share }) => share >= MIN_PAIR_SHARE)
      .sort((a, b) => b.share - a.share)
      .slice(0, MAX_CANDIDATES)
      .map(({ phrase }) => phrase);
  }

  private search(set: string, text: Folded): PhraseMatch | null {
    let best: PhraseMatch | null = null;
    let bestScore = 0;
    for (const phrase of this.candidates(set, text)) {
      const aligned = align(phrase, text);
      if (aligned === null) continue;
      const score = phrase.literals - 3 * aligned.cost;
      if (score <= bestScore) continue;
      bestScore = score;
      best = {
        says: phrase.rule.says,
        rule: phrase.rule,
        detail: phrase.detail,
        slots: aligned.slots,
        quality: Math.max(0, 1 - aligned.literalCost / phrase.literals),
      };
    }
    return best;
  }
}

/** Which part of the sentence's letter pairs the text has. */
function pairShare(wanted: ReadonlySet<string>, present: ReadonlySet<string>): number {
  let shared = 0;
  for (const pair of wanted) if (present.has(pair)) shared++;
  return shared / Math.max(1, wanted.size);
}

interface Alignment {
  readonly cost: number;
  readonly literalCost: number;
  readonly slots: Record<string, string>;
}

/** Moves of the alignment: which of sentence and text advances. */
const NONE = 0;
const TAKE = 1;
const SKIP = 2;
const EXTRA = 3;
const OPEN = 4;
const MORE = 5;

function align(phrase: CompiledPhrase, text: Folded): Alignment | null {
  if (text.chars.length < phrase.literals - allowedCost(phrase.literals)) return null;
  const table = new AlignmentTable(phrase, text);
  const cost = table.run();
  return cost > allowedCost(phrase.literals) + 0.5 ? null : table.trace(cost);
}

class AlignmentTable {
  private readonly costs: Float64Array;
  private readonly steps: Uint8Array;
  private readonly width: number;

  constructor(
    private readonly phrase: CompiledPhrase,
    private readonly text: Folded,
  ) {
    this.width = text.chars.length + 1;
    this.costs = new Float64Array((phrase.elements.length + 1) * this.width).fill(Infinity);
    this.steps = new Uint8Array(this.costs.length);
  }

  run(): number {
    const rows = this.phrase.elements.length;
    for (let j = 0; j < this.width; j++) this.put(0, j, j, EXTRA);
    for (let i = 1; i <= rows; i++) {
      for (let j = 0; j < this.width; j++) this.fill(i, j);
    }
    return this.cost(rows, this.width - 1);
  }

  private fill(i: number, j: number): void {
    const element = this.phrase.elements[i - 1];
    if (element === undefined) return;
    const char = this.text.chars[j - 1] ?? '';
    if (element.kind === 'slot') {
      if (j === 0 || (element.numeric && !DIGIT_LIKE.test(char))) return;
      this.offer(i, j, this.cost(i - 1, j - 1) + this.edge(j - 1), OPEN);
      this.offer(i, j, this.cost(i, j - 1), MORE);
      return;
    }
    const entering = this.phrase.elements[i - 2]?.kind === 'slot';
    this.offer(i, j, this.cost(i - 1, j) + 1, SKIP);
    if (j === 0) return;
    const joint = entering ? this.edge(j - 1) : 0;
    this.offer(i, j, this.cost(i - 1, j - 1) + substitutionCost(element.char, char) + joint, TAKE);
    this.offer(i, j, this.cost(i, j - 1) + 1, EXTRA);
  }

  /** Price of a border between slot and letters before the folded character `at`. */
  private edge(at: number): number {
    return at === 0 || at >= this.text.chars.length || this.text.starts[at] === true ? 0 : INSIDE_WORD_COST;
  }

  private cost(i: number, j: number): number {
    return this.costs[i * this.width + j] ?? Infinity;
  }

  private put(i: number, j: number, cost: number, step: number): void {
    this.costs[i * this.width + j] = cost;
    this.steps[i * this.width + j] = step;
  }

  private offer(i: number, j: number, cost: number, step: number): void {
    if (cost < this.cost(i, j)) this.put(i, j, cost, step);
  }

  /** Walks the cheapest path back and collects the slots; null when a run of letters was hardly there. */
  trace(cost: number): Alignment | null {
    const spans = new Map<string, [number, number]>();
    const errors = this.phrase.segments.map(() => 0);
    let i = this.phrase.elements.length;
    let j = this.width - 1;
    while (i > 0 || j > 0) {
      const step = this.steps[i * this.width + j] ?? NONE;
      if (step === NONE) return null;
      const element = this.phrase.elements[i - 1];
      if (element?.kind === 'slot') {
        const span = spans.get(element.name);
        spans.set(element.name, [j - 1, span?.[1] ?? j - 1]);
      } else {
        this.countError(errors, i, j, step);
      }
      if (step !== EXTRA && step !== MORE) i--;
      if (step !== SKIP) j--;
    }
    return this.result(cost, errors, spans);
  }

  private countError(errors: number[], i: number, j: number, step: number): void {
    const element = this.phrase.elements[Math.max(0, i - 1)];
    if (element?.kind !== 'char') return;
    const price = step === TAKE ? substitutionCost(element.char, this.text.chars[j - 1] ?? '') : 1;
    errors[element.segment] = (errors[element.segment] ?? 0) + price;
  }

  private result(cost: number, errors: readonly number[], spans: Map<string, [number, number]>): Alignment | null {
    const literalCost = errors.reduce((sum, error) => sum + error, 0);
    if (literalCost > allowedCost(this.phrase.literals)) return null;
    const weak = errors.some((error, k) => 1 - error / (this.phrase.segments[k] ?? 1) < MIN_SEGMENT_QUALITY);
    if (weak) return null;
    const slots: Record<string, string> = {};
    for (const [name, [from, to]] of spans) slots[name] = this.rawSlice(from, to);
    return { cost, literalCost, slots };
  }

  private rawSlice(from: number, to: number): string {
    const start = this.text.origin[from] ?? 0;
    const end = (this.text.origin[to] ?? start) + 1;
    const lead = from === 0 ? 0 : start;
    return this.text.raw.slice(lead, end).trim();
  }
}
