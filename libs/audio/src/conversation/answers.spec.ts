import { describe, expect, it } from '@jest/globals';

import type { GameEvent, VisionResult } from '@jiga/contracts';

import type { QuestionTopic } from '../understanding/intent.js';
import { answerQuestion } from './answers.js';
import { MatchMemory } from './match-memory.js';

const hud = (value: number | string | null, age_ms = 0) => ({ value, text: null, confidence: 0.9, box: null, age_ms });
const result = (more: Partial<VisionResult>): VisionResult =>
  ({
    game: { id: 'valorant', name: 'Valorant', confidence: 1, phase: 'playing' },
    game_mode: null,
    map: null,
    teams: null,
    hud: {},
    tactical: { threat_level: null, situation: null, recommendations: [] },
    ...more,
  }) as VisionResult;
const teams = (red: number | null, blue: number | null, player_team: string | null = 'red') => ({
  player_team,
  scores: { red, blue },
  players: [],
});
const kill = (detail: GameEvent['detail']): GameEvent => ({
  event_id: 'evt_1',
  type: 'kill',
  timestamp: 0,
  confidence: 1,
  detail,
  evidence: {},
});
const runs = (timerRuns: 'up' | 'down' | null) => ({
  id: 'x',
  name: 'X',
  places: [],
  weapons: [],
  modes: [],
  timerRuns,
});

/** A match of which vision told this at 0 s. */
function watched(more: Partial<VisionResult>): MatchMemory {
  const memory = new MatchMemory();
  memory.observe(result(more), 0);
  return memory;
}
const ask = (
  topic: QuestionTopic,
  memory: MatchMemory,
  atS = 1,
  knowledge = runs(null),
  language: 'en' | 'fr' = 'en',
) => answerQuestion(topic, { memory, knowledge, language, nowMs: atS * 1000 });

describe('answers from the match state', () => {
  it.each([
    [teams(3, 1), 'Red 3, blue 1, you lead by 2.'],
    [teams(0, 2), 'Red 0, blue 2, you are behind by 2.'],
    [teams(1, 1), 'Red 1, blue 1, it is level.'],
    [teams(1, 4, 'blue'), 'Blue 4, red 1, you lead by 3.'],
    [teams(1, 4, null), 'Red 1, blue 4.'],
  ])('tell the score', (scores, text) => {
    expect(ask('score', watched({ teams: scores }))).toEqual({ text, isKnown: true });
  });

  it('say that the score is not known when it is not, or only half of it is', () => {
    const unknown = { text: "I can't see the score right now.", isKnown: false };
    expect(ask('score', watched({}))).toEqual(unknown);
    expect(ask('score', watched({ teams: teams(1, null) }))).toEqual(unknown);
  });

  it('say that nothing is seen when vision is silent or never spoke', () => {
    const blind = { text: "I can't see the game right now.", isKnown: false };
    expect(ask('score', new MatchMemory())).toEqual(blind);
    expect(ask('score', watched({ teams: teams(1, 0) }), 61)).toEqual(blind);
  });

  it('tell what was lost a moment ago with its age, and forget it in the end', () => {
    const memory = watched({ hud: { health: hud(54) } });
    memory.observe(result({ hud: { health: hud(null) } }), 40_000);
    expect(ask('health', memory, 42).text).toBe('Your health is 54, 42 seconds ago.');
    memory.observe(result({}), 125_000);
    expect(ask('health', memory, 126).isKnown).toBe(false);
  });

  it('count the age that vision itself tells', () => {
    expect(ask('health', watched({ hud: { health: hud(54, 9_000) } }), 1).text).toBe(
      'Your health is 54, 10 seconds ago.',
    );
  });

  it('speak of time by the way the clock runs', () => {
    const memory = watched({ hud: { timer: hud(100) } });
    expect(ask('time_left', memory, 1, runs('down')).text).toBe('1 minute 40 left.');
    expect(ask('time_left', memory, 10, runs('down')).text).toBe('About 1 minute 30 left.');
    expect(ask('time_left', memory, 1, runs('up')).text).toContain("can't see how long is left");
    expect(ask('time_left', memory, 1, runs(null)).text).toBe('The clock shows 1 minute 40.');
    expect(ask('time_left', memory, 40, runs('down')).isKnown).toBe(false);
  });

  it('tell who killed the player, and admit not to have seen it', () => {
    const memory = watched({});
    expect(ask('killed_by', memory).text).toBe("I haven't seen you die.");
    memory.noteEvent(kill({ killer: 'Grunt', victim: 'Sarge', weapon: 'rocket_launcher', of_player: true }), 1_000);
    memory.noteEvent(kill({ killer: 'Sarge', victim: 'Grunt', weapon: 'railgun', by_player: true }), 2_000);
    expect(ask('killed_by', memory, 9).text).toBe('Grunt with the rocket launcher, 8 seconds ago.');
    memory.noteEvent({ ...kill({}), type: 'death' }, 20_000);
    expect(ask('killed_by', memory, 21).text).toBe("You died just now, but I couldn't see who did it.");
    expect(ask('performance', memory, 21).text).toBe('I have seen 1 kill and 1 death of yours.');
  });

  it('pass on what vision recommends', () => {
    const recommendations = [{ text: 'Find health', reason: '20 health left', confidence: 0.8 }];
    const tactical = { threat_level: 'critical' as const, situation: 'Hurt', recommendations };
    expect(ask('advice', watched({ tactical })).text).toBe('Find health. 20 health left.');
    expect(ask('advice', watched({})).isKnown).toBe(false);
  });

  it('forget the match when another begins or the game changes', () => {
    const memory = watched({ teams: teams(3, 1) });
    memory.noteEvent({ ...kill({}), type: 'match_started' }, 500);
    expect(ask('score', memory).isKnown).toBe(false);
    memory.observe(result({ teams: teams(2, 2) }), 1_000);
    memory.observe(result({ game: { id: 'cs2', name: 'CS', confidence: 1, phase: 'playing' } }), 2_000);
    expect(ask('score', memory, 3).isKnown).toBe(false);
  });

  it('speak French when asked to', () => {
    expect(ask('score', watched({ teams: teams(3, 1) }), 1, runs(null), 'fr').text).toBe(
      'Rouge 3, bleu 1, tu mènes de 2.',
    );
    expect(ask('score', watched({}), 1, runs(null), 'fr').text).toBe('Je ne vois pas le score en ce moment.');
  });
});
