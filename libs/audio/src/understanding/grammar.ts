import type { VoiceLanguage } from '@jiga/contracts';

import type { WordArc, WordGraph } from '../ports/recognition.port.js';
import type { Pattern, SlotPhrases } from './pattern.js';
import { CONTRACTIONS, foldWord } from './text.js';

/** All that may be said in a session, for a recogniser of commands. */
export interface CommandGrammar {
  readonly graph: WordGraph;
  /** Every word that stands in it. */
  readonly words: readonly string[];
}

/** The patterns as a grammar. What needs a slot that has no values is left out. */
export function commandGrammar(
  patterns: readonly Pattern[],
  phrases: SlotPhrases,
  language: VoiceLanguage,
): CommandGrammar {
  const draft = new DraftGraph(phrases, language);
  for (const pattern of patterns) draft.add(pattern);
  const graph = new Minimiser(draft).graph();
  return { graph, words: [...new Set(graph.arcs.map(([, , word]) => word))].sort() };
}

/**
 * Whether a recogniser can know how a word sounds. Players may be called anything, and one name of another script must not take
 * the commands from all.
 */
const isSayable = (word: string): boolean => /^[\p{L}\p{N}']{1,64}$/u.test(word) && /[a-z0-9]/.test(foldWord(word));

/** An automaton with several ways for the same words, and with steps that need none. */
class DraftGraph {
  readonly start = 0;
  readonly end = 1;
  readonly #words: Map<string, number[]>[] = [new Map(), new Map()];
  readonly #skips: number[][] = [[], []];
  readonly #contractions: ReadonlyMap<string, string>;

  constructor(
    private readonly phrases: SlotPhrases,
    language: VoiceLanguage,
  ) {
    this.#contractions = new Map([...CONTRACTIONS[language]].map(([short, long]) => [long, short]));
  }

  add(pattern: Pattern): void {
    this.#draw(pattern, this.start, this.end);
  }

  /** Where a word leads from a state. */
  wordsFrom(state: number): ReadonlyMap<string, readonly number[]> {
    return this.#words[state] ?? new Map<string, readonly number[]>();
  }

  /** The states and all that are reached from them without a word, in order. */
  closure(states: readonly number[]): number[] {
    const found = new Set(states);
    for (const state of found) for (const next of this.#skips[state] ?? []) found.add(next);
    return [...found].sort((a, b) => a - b);
  }

  #draw(pattern: Pattern, from: number, to: number): void {
    switch (pattern.kind) {
      case 'word':
        return this.#say([pattern.word], from, to);
      case 'slot':
        for (const { words } of this.phrases[pattern.slot]) if (words.every(isSayable)) this.#say(words, from, to);
        return;
      case 'optional':
        this.#skips[from]?.push(to);
        return this.#draw(pattern.part, from, to);
      case 'choice':
        for (const part of pattern.parts) this.#draw(part, from, to);
        return;
      default:
        return this.#drawSequence(pattern.parts, from, to);
    }
  }

  #drawSequence(parts: readonly Pattern[], from: number, to: number): void {
    const states = [from, ...parts.slice(1).map(() => this.#newState()), to];
    for (const [at, part] of parts.entries()) {
      const [here = from, next = to, afterNext] = states.slice(at, at + 3);
      this.#draw(part, here, next);
      const short = this.#contraction(part, parts[at + 1]);
      if (short !== undefined && afterNext !== undefined) this.#say([short], here, afterNext);
    }
  }

  /** One word for two, such as "what's". */
  #contraction(first: Pattern, second: Pattern | undefined): string | undefined {
    if (first.kind !== 'word' || second?.kind !== 'word') return undefined;
    return this.#contractions.get(`${first.word} ${second.word}`);
  }

  #say(words: readonly string[], from: number, to: number): void {
    let here = from;
    for (const [at, word] of words.entries()) {
      const next = at === words.length - 1 ? to : this.#newState();
      const ways = this.#words[here] ?? new Map<string, number[]>();
      ways.set(word, [...(ways.get(word) ?? []), next]);
      here = next;
    }
  }

  #newState(): number {
    this.#skips.push([]);
    return this.#words.push(new Map()) - 1;
  }
}

/**
 * Makes the smallest automaton of the same words: a recogniser's work grows with its arcs, and written out, every pattern
 * has each place and each name anew. Ways into nothing fall away.
 * @see D. Revuz, "Minimisation of acyclic deterministic automata in linear time", Theoretical Computer Science 92 (1992)
 */
class Minimiser {
  /** By the states of the draft that it stands for; null = it leads nowhere. */
  readonly #known = new Map<string, number | null>();
  /** By whether it is an end and where its words lead. */
  readonly #alike = new Map<string, number>();
  readonly #arcs: WordArc[] = [];
  readonly #ends: number[] = [];

  constructor(private readonly draft: DraftGraph) {}

  graph(): WordGraph {
    const start = this.#stateOf([this.draft.start]) ?? this.#alikeTo(false, []);
    return { states: this.#alike.size, start, ends: this.#ends, arcs: this.#arcs };
  }

  #stateOf(states: readonly number[]): number | null {
    const closed = this.draft.closure(states);
    const key = closed.join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const isEnd = closed.includes(this.draft.end);
    const ways = this.#waysFrom(closed);
    const state = isEnd || ways.length > 0 ? this.#alikeTo(isEnd, ways) : null;
    this.#known.set(key, state);
    return state;
  }

  #waysFrom(states: readonly number[]): (readonly [word: string, to: number])[] {
    const targets = new Map<string, number[]>();
    for (const state of states)
      for (const [word, to] of this.draft.wordsFrom(state)) targets.set(word, [...(targets.get(word) ?? []), ...to]);
    return [...targets]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([word, to]) => [word, this.#stateOf(to)] as const)
      .filter((way): way is readonly [string, number] => way[1] !== null);
  }

  #alikeTo(isEnd: boolean, ways: readonly (readonly [word: string, to: number])[]): number {
    const key = JSON.stringify([isEnd, ways]);
    const known = this.#alike.get(key);
    if (known !== undefined) return known;
    const state = this.#alike.size;
    this.#alike.set(key, state);
    if (isEnd) this.#ends.push(state);
    for (const [word, to] of ways) this.#arcs.push([state, to, word]);
    return state;
  }
}
