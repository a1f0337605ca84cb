import type { Callout, Detection, HudValue, VisionResult } from '@jiga/contracts';

import { PRIORITY_RANK } from '../match/index.js';
import type { MatchSnapshot, MatchTuning } from '../match/index.js';
import type { SkillSet } from './skills.js';

/** What a session's skills leave of what is known; the rest is as if nothing were known. Made once for a choice. */
export class SkillLimits {
  readonly #hud: ((hud: VisionResult['hud']) => VisionResult['hud']) | null;

  constructor(private readonly skills: SkillSet) {
    this.#hud = hudLimit(skills);
  }

  match(match: MatchSnapshot): MatchSnapshot {
    const nothing = { threat_level: null, situation: null, recommendations: [] };
    return {
      ...match,
      hud: this.skills.has('hud_reading') ? (this.#hud?.(match.hud) ?? match.hud) : {},
      events: this.skills.has('game_events') ? this.#events(match) : [],
      tactical: this.skills.has('tactics') ? this.#tactical(match) : nothing,
      callouts: this.skills.has('callouts') ? this.#callouts(match.callouts) : [],
    };
  }

  detections(found: readonly Detection[]): readonly Detection[] {
    if (!this.skills.has('text_detection')) return [];
    const { min_confidence: least, max_detections: most } = this.skills.of('text_detection');
    const sure = found.filter(({ confidence }) => confidence >= least);
    return sure.length <= most ? sure : sure.toSorted((a, b) => b.confidence - a.confidence).slice(0, most);
  }

  /** What the rules of the match are to have in place of their own. */
  get tuning(): MatchTuning {
    const { low_health_at: lowHealthAt } = this.skills.of('game_events');
    const { min_priority, categories, per_minute, cooldown_seconds } = this.skills.of('callouts');
    return {
      lowHealthAt,
      callouts: { minPriority: min_priority, categories, perMinute: per_minute, cooldownS: cooldown_seconds },
    };
  }

  #events({ events }: MatchSnapshot): MatchSnapshot['events'] {
    if (events.length === 0) return events;
    const { min_confidence: least, types } = this.skills.of('game_events');
    return events.filter(({ type, confidence }) => confidence >= least && (types?.includes(type) ?? true));
  }

  #tactical({ tactical }: MatchSnapshot): MatchSnapshot['tactical'] {
    const { min_confidence: least, max_recommendations: most } = this.skills.of('tactics');
    const sure = tactical.recommendations.filter(({ confidence }) => confidence >= least);
    return { ...tactical, recommendations: sure.slice(0, most) };
  }

  /** Those that were already decided on when the choice changed. */
  #callouts(callouts: readonly Callout[]): readonly Callout[] {
    if (callouts.length === 0) return callouts;
    const { min_priority, categories } = this.skills.of('callouts');
    return callouts.filter(
      ({ priority, category }) =>
        PRIORITY_RANK[priority] <= PRIORITY_RANK[min_priority] && (categories?.includes(category) ?? true),
    );
  }
}

function hudLimit(skills: SkillSet): ((hud: VisionResult['hud']) => VisionResult['hud']) | null {
  const { min_confidence: least, fields } = skills.of('hud_reading');
  if (least === 0 && fields === null) return null;
  const sure = (value: HudValue | null): HudValue | null =>
    value !== null && value.confidence >= least ? value : null;
  return (hud) =>
    Object.fromEntries(
      Object.entries(hud)
        .filter(([name]) => fields?.includes(name) ?? true)
        .map(([name, value]) => [name, sure(value ?? null)]),
    );
}
