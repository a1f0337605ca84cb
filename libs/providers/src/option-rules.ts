import type { JsonObject } from '@jiga/contracts';

/** What an option of a model may be. */
export type OptionRule =
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'text'; readonly maxLength: number }
  | { readonly kind: 'choice'; readonly of: readonly string[] };
/** Options by name; what is absent is refused. */
export type OptionRules = Readonly<Record<string, OptionRule>>;

/** What is wrong with options as a client gave them. */
export interface OptionProblem {
  readonly name: string;
  readonly code: 'unknown_field' | 'wrong_type' | 'not_allowed';
  readonly detail: string;
}

export function checkOptions(rules: OptionRules, options: JsonObject): OptionProblem[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) {
      const known = Object.keys(rules).join(', ') || 'none';
      return [{ name, code: 'unknown_field' as const, detail: `options here are ${known}` }];
    }
    const wanted = violation(rule, value);
    return wanted === null ? [] : [{ name, ...wanted, detail: `${name} must be ${wanted.detail}` }];
  });
}

function violation(rule: OptionRule, value: unknown): Pick<OptionProblem, 'code' | 'detail'> | null {
  if (rule.kind === 'number') {
    const { min, max } = rule;
    const isRight = typeof value === 'number' && value >= min && value <= max;
    return isRight ? null : { code: 'wrong_type', detail: `a number from ${min} to ${max}` };
  }
  if (rule.kind === 'text') {
    const isRight = typeof value === 'string' && value.length > 0 && value.length <= rule.maxLength;
    return isRight ? null : { code: 'wrong_type', detail: `text of 1 to ${rule.maxLength} characters` };
  }
  const isRight = typeof value === 'string' && rule.of.includes(value);
  return isRight ? null : { code: 'not_allowed', detail: `one of ${rule.of.join(', ')}` };
}
