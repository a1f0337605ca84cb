import type { MatchSnapshot } from '../match/index.js';
import type { SkillSet } from './skills.js';

/** The part of a snapshot that the session's skills allow; the rest is as if nothing were known. */
export function limitToSkills(match: MatchSnapshot, skills: SkillSet): MatchSnapshot {
  const nothing = { threat_level: null, situation: null, recommendations: [] };
  return {
    ...match,
    hud: skills.has('hud_reading') ? match.hud : {},
    events: skills.has('game_events') ? match.events : [],
    tactical: skills.has('tactics') ? match.tactical : nothing,
    callouts: skills.has('callouts') ? match.callouts : [],
  };
}
