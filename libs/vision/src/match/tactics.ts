import type { Tactical, ThreatLevel } from '@jiga/contracts';
import { fill, holds, type Facts } from './conditions.js';
import type { TacticRule } from './rules.js';

const RANK: Readonly<Record<ThreatLevel, number>> = { low: 0, elevated: 1, high: 2, critical: 3 };
const MAX_RECOMMENDATIONS = 3;

/** The situation by the rules that apply: the gravest one names it, all of them recommend. Nulls when none applies. */
export function assess(rules: readonly TacticRule[], facts: Facts): Tactical {
  const applying = rules.filter((rule) => holds(rule.when, facts)).sort((a, b) => RANK[b.threat] - RANK[a.threat]);
  const [gravest] = applying;
  if (gravest === undefined) return { threat_level: null, situation: null, recommendations: [] };
  const recommendations = applying.flatMap((rule) =>
    rule.recommend.flatMap((advice) => {
      const text = fill(advice.text, facts);
      const reason = fill(advice.reason, facts);
      return text === null || reason === null ? [] : [{ text, reason, confidence: advice.confidence }];
    }),
  );
  return {
    threat_level: gravest.threat,
    situation: fill(gravest.situation, facts),
    recommendations: recommendations.slice(0, MAX_RECOMMENDATIONS),
  };
}
