import type { CalloutPriority } from '@jiga/contracts';

import type { MatchRules } from './rules.js';

/** What a session wants different from the rules of its game; null = as they have it. Times are seconds. */
export interface MatchTuning {
  readonly lowHealthAt: number | null;
  readonly callouts: {
    readonly minPriority: CalloutPriority;
    readonly categories: readonly string[] | null;
    readonly perMinute: number | null;
    readonly cooldownS: number | null;
  };
}

/** How much a callout matters: the less, the more. */
export const PRIORITY_RANK: Readonly<Record<CalloutPriority, number>> = { urgent: 0, important: 1, info: 2 };

/** The part of the rules that can be tuned while a match is followed, as the session wants it. */
export function tuned(
  rules: MatchRules,
  { lowHealthAt, callouts: wish }: MatchTuning,
): Pick<MatchRules, 'lowHealth' | 'callouts' | 'calloutLimits'> {
  const { lowHealth, callouts, calloutLimits } = rules;
  const at = lowHealthAt ?? lowHealth.at;
  return {
    lowHealth: { ...lowHealth, at, rearmAt: at + lowHealth.rearmAt - lowHealth.at },
    callouts: callouts
      .filter(({ priority }) => PRIORITY_RANK[priority] <= PRIORITY_RANK[wish.minPriority])
      .filter(({ category }) => wish.categories?.includes(category) ?? true)
      .map((rule) => (wish.cooldownS === null ? rule : { ...rule, cooldownS: wish.cooldownS })),
    calloutLimits: { ...calloutLimits, perMinute: wish.perMinute ?? calloutLimits.perMinute },
  };
}
