import type { GameEvent, GameKnowledge, VoiceLanguage } from '@jiga/contracts';

import type { QuestionTopic } from '../understanding/intent.js';
import type { MatchMemory, Score, Seen } from './match-memory.js';
import { SAYINGS_EN } from './sayings.en.js';
import { SAYINGS_FR } from './sayings.fr.js';
import type { Sayings, Standing } from './sayings.js';

export const SAYINGS: Readonly<Record<VoiceLanguage, Sayings>> = { en: SAYINGS_EN, fr: SAYINGS_FR };

/** Up to here a value counts as seen just now: a normal session looks closely every 3 seconds. */
const FRESH_S = 5;
/** A clock that runs down is carried on by our own for so long without a look. */
const CLOCK_CARRY_S = 30;
/** Without any result for so long, vision is not watching. */
const BLIND_AFTER_S = 60;

export interface Question {
  readonly memory: MatchMemory;
  readonly knowledge: GameKnowledge | null;
  readonly language: VoiceLanguage;
  readonly nowMs: number;
}

/** `isKnown` is false for an honest "I can't see it". */
export interface Answer {
  readonly text: string;
  readonly isKnown: boolean;
}

type Answerer = (question: Question, say: Sayings) => string | null;

/** HUD fields that are told as they are. */
const FIELD_TOPICS = ['health', 'armor', 'ammo', 'weapon', 'rank', 'lap', 'money'] as const;

/** The answer from the match state alone. What is not known is said to be unknown, what is old is said with its age. */
export function answerQuestion(topic: QuestionTopic, question: Question): Answer {
  const say = SAYINGS[question.language];
  if (topic === 'help') return { text: say.help(), isKnown: true };
  const silence = question.memory.silenceS(question.nowMs);
  if (silence === null || silence > BLIND_AFTER_S) return { text: say.nothingSeen(), isKnown: false };
  const text = ANSWERERS[topic](question, say);
  return text === null ? { text: say.cannotSee(topic), isKnown: false } : { text, isKnown: true };
}

/** The score in the words of the language; null when it is not known. */
function score({ memory, nowMs }: Question, say: Sayings): string | null {
  const found = memory.score(nowMs);
  if (found) return say.standing(standingOf(found.value), ageOf(found, say));
  const points = memory.number('score', nowMs) ?? memory.number('frags', nowMs);
  return points && say.points(points.value, ageOf(points, say));
}

function timeLeft({ memory, knowledge, nowMs }: Question, say: Sayings): string | null {
  const timer = memory.number('timer', nowMs);
  if (!timer) return null;
  if (knowledge?.timerRuns === 'up') return say.clockUp(timer.value, ageOf(timer, say));
  if (knowledge?.timerRuns !== 'down') return say.clock(timer.value, ageOf(timer, say));
  if (timer.ageS > CLOCK_CARRY_S) return null;
  const isEstimate = timer.ageS >= 2;
  return say.timeLeft(Math.max(0, timer.value - (isEstimate ? Math.round(timer.ageS) : 0)), isEstimate);
}

function location({ memory, nowMs }: Question, say: Sayings): string | null {
  const place = memory.field('location', nowMs);
  if (place && typeof place.value === 'string') return say.location(place.value, ageOf(place, say));
  const map = memory.result?.map;
  if (!map) return null;
  return map.location ? say.location(map.location.label, '') : say.onlyMap(map.name);
}

function killedBy({ memory, nowMs }: Question, say: Sayings): string {
  const ofPlayer = ({ type, detail }: GameEvent): boolean => type === 'kill' && detail['of_player'] === true;
  const kill = memory.lastEvent(ofPlayer, nowMs);
  const death = memory.lastEvent(({ type }) => type === 'death', nowMs);
  // A death after the last kill that was read is one whose killer was not read; the two may be told in either order.
  if (death && (!kill || kill.ageS - death.ageS > FRESH_S)) return say.diedUnseen(death.ageS);
  if (!kill) return say.neverDied();
  const { killer, weapon, victim } = kill.value.detail;
  const arm = typeof weapon === 'string' ? weapon.replace(/_/g, ' ') : null;
  if (typeof killer === 'string' && killer !== victim) return say.killedBy(killer, arm, kill.ageS);
  return arm === null ? say.diedUnseen(kill.ageS) : say.diedOf(arm, kill.ageS);
}

function performance(question: Question, say: Sayings): string | null {
  const { kills, deaths } = question.memory.tally;
  const standing = score(question, say);
  if (kills + deaths === 0 && standing === null) return null;
  return [say.tally(kills, deaths), standing].filter((part) => part !== null).join(' ');
}

function advice({ memory }: Question, say: Sayings): string | null {
  const tactical = memory.result?.tactical;
  const [best] = tactical?.recommendations ?? [];
  if (best) return say.advice(best.text, best.reason);
  return tactical?.threat_level === null ? null : say.calm(tactical?.situation ?? null);
}

function field(name: (typeof FIELD_TOPICS)[number]): Answerer {
  return ({ memory, nowMs }, say) => {
    const found = memory.field(name, nowMs);
    return found && say.value(name, String(found.value).replace(/_/g, ' '), ageOf(found, say));
  };
}

function enemiesLeft({ memory, nowMs }: Question, say: Sayings): string | null {
  const [left, right] = [memory.number('alive_left', nowMs), memory.number('alive_right', nowMs)];
  return left && right && say.alive(left.value, right.value, ageOf(left, say));
}

function flag({ memory, nowMs }: Question, say: Sayings): string | null {
  const found = memory.lastEvent(({ type }) => type.startsWith('flag_'), nowMs);
  if (!found) return null;
  const { player, flag: colour } = found.value.detail;
  const what = found.value.type.slice('flag_'.length);
  if (what !== 'taken' && what !== 'captured' && what !== 'returned') return null;
  return say.flag(what, nameOf(player), nameOf(colour)?.toLowerCase() ?? null, found.ageS);
}

function lastEvent({ memory, nowMs }: Question, say: Sayings): string {
  const found = memory.events(1, nowMs)[0];
  if (!found) return say.quiet();
  const { killer, victim } = found.value.detail;
  return say.event(found.value.type, nameOf(killer), nameOf(victim), found.ageS);
}

const ANSWERERS: Readonly<Record<Exclude<QuestionTopic, 'help'>, Answerer>> = {
  score,
  time_left: timeLeft,
  location,
  killed_by: killedBy,
  performance,
  advice,
  health: field('health'),
  armor: field('armor'),
  ammo: field('ammo'),
  weapon: field('weapon'),
  rank: field('rank'),
  lap: field('lap'),
  money: field('money'),
  flag,
  enemies_left: enemiesLeft,
  team: ({ memory }, say) => {
    const team = memory.result?.teams?.player_team;
    return team ? say.team(team) : null;
  },
  map: ({ memory }, say) => (memory.result?.map ? say.map(memory.result.map.name) : null),
  mode: ({ memory }, say) => {
    const { game_mode: mode, game } = memory.result ?? {};
    return mode ? say.mode(mode.name, game?.name ?? null) : null;
  },
  last_event: lastEvent,
};

function standingOf({ scores, playerTeam }: Score): Standing {
  const sides = Object.entries(scores).map(([name, points]) => ({ name, points }));
  const own = sides.find(({ name }) => name === playerTeam);
  if (!own) return { sides, own: null };
  const others = sides.filter((side) => side !== own);
  const best = Math.max(...others.map(({ points }) => points));
  return { sides: [own, ...others], own: { name: own.name, lead: others.length === 0 ? 0 : own.points - best } };
}

const ageOf = ({ ageS }: Seen<unknown>, say: Sayings): string => (ageS > FRESH_S ? say.age(ageS) : '');
const nameOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
