import { OPENARENA_RULES } from './openarena.rules.js';

export { MatchTracker, type MatchSnapshot } from './match-tracker.js';
export { OPENARENA_RULES } from './openarena.rules.js';
export { PRIORITY_RANK, type MatchTuning } from './match-tuning.js';
export type { MatchRules } from './rules.js';

/** Every category that any game speaks of. */
export const CALLOUT_CATEGORIES: readonly string[] = [
  ...new Set([OPENARENA_RULES].flatMap(({ callouts }) => callouts.map(({ category }) => category))),
];
