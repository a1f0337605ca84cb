export { MatchTracker, type MatchSnapshot } from './match-tracker.js';
export { OPENARENA_RULES } from './openarena.rules.js';
export type { MatchRules } from './rules.js';
