import type { PhraseRule } from './rules.js';
import { bigrams, fold } from './text-fold.js';

/** One step of a compiled phrase: a literal character, or a slot that takes one or more characters. */
export type Element =
  | { readonly kind: 'char'; readonly char: string; readonly segment: number }
  | { readonly kind: 'slot'; readonly name: string; readonly numeric: boolean };

export interface CompiledPhrase {
  readonly rule: PhraseRule;
  /** The rule's details and the alternative chosen for this variant. */
  readonly detail: Readonly<Record<string, string>>;
  readonly elements: readonly Element[];
  /** Number of literal characters in each run between slots. */
  readonly segments: readonly number[];
  readonly literals: number;
  readonly pairs: ReadonlySet<string>;
}

const ALTERNATIVES = /\{(\w+):([^}#]+\|[^}]+)\}/;
const PIECE = /\{(\w+)(:#)?\}|[^{]+/g;

interface Variant {
  readonly text: string;
  readonly detail: Readonly<Record<string, string>>;
}

function variants(variant: Variant): Variant[] {
  const found = ALTERNATIVES.exec(variant.text);
  const [whole, name, list] = found ?? [];
  if (whole === undefined || name === undefined || list === undefined) return [variant];
  return list.split('|').flatMap((choice) =>
    variants({
      text: variant.text.replace(whole, choice),
      detail: { ...variant.detail, [name]: choice.toLowerCase() },
    }),
  );
}

function compileVariant(rule: PhraseRule, variant: Variant): CompiledPhrase {
  const elements: Element[] = [];
  const segments: number[] = [];
  const pairs = new Set<string>();
  for (const [piece, slot, numeric] of variant.text.matchAll(PIECE)) {
    if (slot !== undefined) {
      elements.push({ kind: 'slot', name: slot, numeric: numeric !== undefined });
      continue;
    }
    const literal = fold(piece).chars;
    if (literal === '') continue;
    for (const char of literal) elements.push({ kind: 'char', char, segment: segments.length });
    for (const pair of bigrams(literal)) pairs.add(pair);
    segments.push(literal.length);
  }
  const literals = segments.reduce((sum, length) => sum + length, 0);
  return { rule, detail: variant.detail, elements, segments, literals, pairs };
}

/** Turns the rules' sentences into sequences for {@link PhraseMatcher}, one for every choice of alternatives. */
export function compilePhrases(rules: readonly PhraseRule[]): CompiledPhrase[] {
  return rules.flatMap((rule) =>
    variants({ text: rule.text, detail: rule.detail ?? {} }).map((variant) => compileVariant(rule, variant)),
  );
}
