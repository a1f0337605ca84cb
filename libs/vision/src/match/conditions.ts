import type { Condition, Fact } from './rules.js';

export type Facts = Readonly<Record<string, Fact>>;

/** Whether all conditions hold. A fact that is unknown (null or missing) satisfies no comparison but `= null`. */
export function holds(conditions: readonly Condition[], facts: Facts): boolean {
  return conditions.every(([fact, is, value]) => holdsOne(facts[fact] ?? null, is, value));
}

function holdsOne(fact: Fact, is: Condition[1], value: Fact): boolean {
  if (is === '=') return fact === value;
  if (fact === null) return false;
  if (is === '!=') return fact !== value;
  if (typeof fact !== 'number' || typeof value !== 'number') return false;
  if (is === '<') return fact < value;
  if (is === '<=') return fact <= value;
  return is === '>' ? fact > value : fact >= value;
}

/** Puts facts into the `{…}` of a text; null when one of them is unknown, so that nothing half-said goes out. */
export function fill(template: string, facts: Facts): string | null {
  let complete = true;
  const text = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name] ?? null;
    if (fact === null) complete = false;
    return String(fact);
  });
  return complete ? text : null;
}
