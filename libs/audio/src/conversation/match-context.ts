import type { GameKnowledge } from '@jiga/contracts';

import type { MatchMemory } from './match-memory.js';

const EVENTS_TOLD = 10;

/** The match as facts for a model, each with its age in seconds where it is not of this moment. What is absent is unknown. */
export function matchContext(memory: MatchMemory, knowledge: GameKnowledge | null, nowMs: number): object {
  const { result } = memory;
  if (!result) return { watching: false };
  const round = (seconds: number): number => Math.round(seconds);
  const hud = Object.keys(result.hud).flatMap((name) => {
    const found = memory.field(name, nowMs);
    return found ? [[name, { value: found.value, age_s: round(found.ageS) }] as const] : [];
  });
  const score = memory.score(nowMs);
  return {
    watching: true,
    seen_s_ago: round(memory.silenceS(nowMs) ?? 0),
    game: result.game && { name: result.game.name, phase: result.game.phase },
    mode: result.game_mode?.name ?? null,
    map: result.map && { name: result.map.name, location: result.map.location?.label ?? null },
    player_team: score?.value.playerTeam ?? result.teams?.player_team ?? null,
    scores: score && { ...score.value.scores, age_s: round(score.ageS) },
    hud: Object.fromEntries(hud),
    clock_runs: knowledge?.timerRuns ?? null,
    kills_and_deaths_seen: memory.tally,
    threat: result.tactical.threat_level,
    situation: result.tactical.situation,
    recommendations: result.tactical.recommendations.map(({ text, reason }) => ({ text, reason })),
    last_events: memory
      .events(EVENTS_TOLD, nowMs)
      .map(({ value, ageS }) => ({ type: value.type, ...value.detail, age_s: round(ageS) })),
  };
}
