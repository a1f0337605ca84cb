import { createHash } from 'node:crypto';

import type { VoiceLanguage } from '@jiga/contracts';

import { commandGrammar, type CommandGrammar } from './grammar.js';
import type { Intent, Meaning, Slots } from './intent.js';
import { matchPattern, parsePattern, type Pattern, type SlotPhrases } from './pattern.js';
import type { LanguageRules, RuleText } from './rule.js';
import { ENGLISH } from './rules.en.js';
import { FRENCH } from './rules.fr.js';
import { foldWord, joinWords, wordsOf } from './text.js';
import { slotPhrases, type SessionVocabulary } from './vocabulary.js';

const LANGUAGES: Readonly<Record<VoiceLanguage, LanguageRules>> = { en: ENGLISH, fr: FRENCH };
/** Longer than any command; a recording of minutes must not cost seconds. */
const WORDS_MAX = 60;
/** Below this share of its words an utterance is about something else. */
const COVERAGE_MIN = 0.6;
/** What acts (orders, settings) must be said more exactly than what only asks. */
const ACTING_COVERAGE_MIN = 0.75;
/** "Hey Jiga, tell the team": so many words may stand before what is passed on. */
const RELAY_LEAD_MAX = 4;

interface CompiledLanguage {
  readonly rules: readonly { readonly text: RuleText; readonly patterns: readonly Pattern[] }[];
  readonly relay: readonly Pattern[];
  readonly fillers: ReadonlySet<string>;
}

/** An utterance as words: as they are written, and folded for comparing. */
interface Utterance {
  readonly words: readonly string[];
  readonly folded: readonly string[];
}

const compiled = new Map<VoiceLanguage, CompiledLanguage>();

/** What a player's words mean: the grammar for a recogniser of commands, and the way from a text to its meaning. */
export class Understanding {
  readonly #language: CompiledLanguage;
  readonly #phrases: SlotPhrases;
  #grammar: (CommandGrammar & { readonly id: string; readonly language: VoiceLanguage }) | null = null;

  constructor(
    readonly language: VoiceLanguage,
    readonly vocabulary: SessionVocabulary,
  ) {
    this.#language = compile(language);
    this.#phrases = slotPhrases(LANGUAGES[language], vocabulary, language);
  }

  /** Every command that can be said. The id is made from the content, so equal grammars have equal ids. */
  get grammar(): CommandGrammar & { readonly id: string; readonly language: VoiceLanguage } {
    if (!this.#grammar) {
      const patterns = this.#language.rules.flatMap((rule) => rule.patterns);
      const { graph, words } = commandGrammar(patterns, this.#phrases, this.language);
      const id = createHash('sha256').update(JSON.stringify(graph)).digest('hex').slice(0, 32);
      this.#grammar = { id, language: this.language, graph, words };
    }
    return this.#grammar;
  }

  /** Names, places and weapons of the session: what free dictation should expect. */
  get hints(): string[] {
    const { player, weapon, place } = this.#phrases;
    return [...player, ...weapon, ...place].map(({ value }) => value);
  }

  /** The meaning that accounts for most of the words; null when none accounts for enough of them. */
  understand(text: string): Intent | null {
    const words = wordsOf(text, this.language).slice(0, WORDS_MAX);
    const said: Utterance = { words, folded: words.map(foldWord) };
    const relayed = this.#relay(said, text);
    if (relayed) return relayed;
    let best: Intent | null = null;
    for (const { text: rule, patterns } of this.#language.rules) {
      for (const pattern of patterns) {
        const found = this.#fit(rule, pattern, said);
        if (found && isBetter(found, best)) best = found;
      }
    }
    return best;
  }

  #fit(rule: RuleText, pattern: Pattern, said: Utterance): Intent | null {
    const least = rule.kind === 'question' ? COVERAGE_MIN : ACTING_COVERAGE_MIN;
    let best: Intent | null = null;
    for (let start = 0; start < said.words.length; start++) {
      for (const { end, slots } of matchPattern(pattern, said.folded, start, this.#phrases)) {
        const coverage = end === start ? 0 : this.#coverage(said.folded, start, end);
        if (coverage < least) continue;
        const meaning = this.#meaning(rule, said.words.slice(start, end), slots);
        const found: Intent = { ...meaning, slots, coverage };
        if (isBetter(found, best)) best = found;
      }
    }
    return best;
  }

  /** Share of the words that count which stand in the span. */
  #coverage(words: readonly string[], start: number, end: number): number {
    const isOutside = (word: string, index: number): boolean =>
      (index < start || index >= end) && !this.#language.fillers.has(word);
    const outside = words.filter(isOutside).length;
    return Math.round(((end - start) / (end - start + outside)) * 100) / 100;
  }

  #meaning(rule: RuleText, words: readonly string[], slots: Slots): Meaning {
    if (rule.kind === 'question') return { kind: 'question', topic: rule.topic };
    if (rule.kind === 'control') return { kind: 'control', action: rule.action };
    const text = Object.values(slots).reduce((so, value) => writeAsGiven(so, value, this.language), joinWords(words));
    return { kind: 'team', order: rule.order, priority: rule.priority, text: sentence(text) };
  }

  /** "Tell the team …": what follows goes to them as it was said. */
  #relay({ folded }: Utterance, text: string): Intent | null {
    for (let start = 0; start < Math.min(folded.length, RELAY_LEAD_MAX); start++) {
      const ends = this.#language.relay.flatMap((pattern) => matchPattern(pattern, folded, start, this.#phrases));
      const end = Math.max(0, ...ends.map((match) => match.end));
      if (end > 0 && end < folded.length) {
        const words = sentence(lastWords(text, folded.length - end, this.language));
        return { kind: 'team', order: 'relay', priority: 'info', text: words, slots: {}, coverage: 1 };
      }
      if (!this.#language.fillers.has(folded[start] ?? '')) break;
    }
    return null;
  }
}

/** More of the words, then more that is known about them. */
function isBetter(one: Intent, other: Intent | null): boolean {
  if (!other || one.coverage !== other.coverage) return one.coverage > (other?.coverage ?? 0);
  return Object.keys(one.slots).length > Object.keys(other.slots).length;
}

/** A value of a slot as the game writes it, in place of the words that were heard for it. */
function writeAsGiven(said: string, value: string, language: VoiceLanguage): string {
  const heard = joinWords(wordsOf(value, language));
  const at = ` ${said} `.lastIndexOf(` ${heard} `);
  return at < 0 ? said : `${said.slice(0, at)}${value}${said.slice(at + heard.length)}`;
}

/** The end of a text that holds this many of its words, as it was written. */
function lastWords(text: string, count: number, language: VoiceLanguage): string {
  const parts = text.trim().split(/\s+/);
  let kept = parts.length;
  while (kept > 0 && wordsOf(parts.slice(kept).join(' '), language).length < count) kept--;
  return parts.slice(kept).join(' ');
}

function sentence(text: string): string {
  const written = text.trim().replace(/\bi\b/g, 'I');
  return written.charAt(0).toUpperCase() + written.slice(1);
}

function compile(language: VoiceLanguage): CompiledLanguage {
  let known = compiled.get(language);
  if (!known) {
    const { rules, relay, fillers } = LANGUAGES[language];
    known = {
      rules: rules.map((text) => ({ text, patterns: text.say.map(parsePattern) })),
      relay: relay.map(parsePattern),
      fillers: new Set(fillers.flatMap((word) => wordsOf(word, language).map(foldWord))),
    };
    compiled.set(language, known);
  }
  return known;
}
