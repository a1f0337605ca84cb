import type { Expectations, ExpectedEvent, ExpectedField } from './expectation.types.js';
import { transitions, valueAt, type ClipTruth, type TruthEvent, type TruthValue } from './truth.js';

/** At this health and below OpenArena draws the number red and flashing. */
const LOW_HEALTH = 25;
/** An event nearer than this to the clip's end is not required: two looks at 5 frames a second take so long. */
const EDGE_SECONDS = 0.5;

const GAME_MODES: Readonly<Record<string, string>> = {
  FFA: 'free for all',
  'Capture the Flag': 'capture the flag',
  'Team Deathmatch': 'team deathmatch',
};

/** Weapons as the game's configuration names them; a splash hit is a hit by the same weapon. */
const WEAPON_OF_MOD: Readonly<Record<string, string>> = {
  MOD_GAUNTLET: 'gauntlet',
  MOD_MACHINEGUN: 'machinegun',
  MOD_SHOTGUN: 'shotgun',
  MOD_GRENADE: 'grenade_launcher',
  MOD_GRENADE_SPLASH: 'grenade_launcher',
  MOD_ROCKET: 'rocket_launcher',
  MOD_ROCKET_SPLASH: 'rocket_launcher',
  MOD_LIGHTNING: 'lightning_gun',
  MOD_RAILGUN: 'railgun',
  MOD_PLASMA: 'plasmagun',
  MOD_PLASMA_SPLASH: 'plasmagun',
  MOD_BFG: 'bfg',
  MOD_BFG_SPLASH: 'bfg',
  MOD_NAIL: 'nailgun',
  MOD_CHAINGUN: 'chaingun',
  MOD_PROXIMITY_MINE: 'prox_launcher',
  MOD_KAMIKAZE: 'kamikaze',
  MOD_TELEFRAG: 'telefrag',
};

const FLAG_LINES: readonly (readonly [RegExp, string])[] = [
  [/ got the (RED|BLUE) flag/i, 'flag_taken'],
  [/ captured the (RED|BLUE) flag/i, 'flag_captured'],
  [/ returned the (RED|BLUE) flag|^The (RED|BLUE) flag has returned/i, 'flag_returned'],
];

/** Minutes and seconds as drawn, in seconds. */
export function clockSeconds(text: string): number {
  return text.split(':').reduce((total, part) => total * 60 + Number(part), 0);
}

export function openarenaExpectations(truth: ClipTruth): Expectations {
  const endsAt = truth.frames / truth.fps - EDGE_SECONDS;
  const isTeamGame = truth.static['viewed_team'] !== 'free';
  const gametype = String(truth.static['gametype']);
  const events = [...logEvents(truth), ...stateEvents(truth)];
  return {
    gameId: 'openarena',
    fields: fieldsOf(truth, isTeamGame),
    events: events.map((event) => ({ ...event, required: event.t >= 0 && event.t <= endsAt })),
    judged: [
      'kill',
      'death',
      'spawn',
      'low_health',
      'score_changed',
      ...(gametype === 'Capture the Flag' ? ['flag_taken', 'flag_captured', 'flag_returned'] : []),
    ],
    identity: {
      game: 'openarena',
      game_mode: GAME_MODES[gametype] ?? gametype.toLowerCase(),
      ...(isTeamGame ? { player_team: String(truth.static['viewed_team']) } : {}),
    },
  };
}

function fieldsOf(truth: ClipTruth, isTeamGame: boolean): ExpectedField[] {
  const isAlive = (frame: number): boolean => valueAt(truth, 'alive', frame) === true;
  const hud = (name: string, kind: 'number' | 'text', drawn: ExpectedField['drawn']): ExpectedField => {
    return { name, at: { hud: name }, kind, tolerance: 0, drawn };
  };
  const number = (field: string, frame: number): number | null => asNumber(valueAt(truth, field, frame));
  const [first, second] = isTeamGame ? ['red', 'blue'] : ['left', 'right'];
  const score = (key: string, index: number): ExpectedField => ({
    name: `scores.${key}`,
    at: { score: [key] },
    kind: 'number',
    tolerance: 0,
    drawn: (frame) => asNumber(asPair(valueAt(truth, 'hud_scores', frame))?.[index]),
  });
  return [
    // The status bar is gone while the player is dead.
    hud('health', 'number', (frame) => (isAlive(frame) ? number('health', frame) : null)),
    hud('ammo', 'number', (frame) => (isAlive(frame) ? number('ammo', frame) : null)),
    // A player without armour has no armour number.
    hud('armor', 'number', (frame) => (isAlive(frame) ? number('armor', frame) || null : null)),
    hud('timer', 'number', (frame) => {
      const clock = valueAt(truth, 'clock', frame);
      return typeof clock === 'string' ? clockSeconds(clock) : null;
    }),
    score(first ?? '', 0),
    score(second ?? '', 1),
  ];
}

/** What the game's own log says: obituaries and flag lines. */
function logEvents(truth: ClipTruth): Omit<ExpectedEvent, 'required'>[] {
  return truth.events.flatMap((event) => {
    if (event.type === 'kill') return [killOf(event)];
    const line = asName(event['feed_text']) ?? '';
    const type = event.type === 'print' ? FLAG_LINES.find(([pattern]) => pattern.test(line))?.[1] : undefined;
    return type === undefined ? [] : [{ type, t: event.t, detail: {} }];
  });
}

function killOf(event: TruthEvent): Omit<ExpectedEvent, 'required'> {
  const weapon = WEAPON_OF_MOD[String(event['mod'])];
  const detail = { killer: asName(event['attacker']), victim: asName(event['victim']) };
  return { type: 'kill', t: event.t, detail, ...(weapon === undefined ? {} : { weapon }) };
}

/** What follows from the player's state: deaths, spawns, low health, and the score boxes. */
function stateEvents(truth: ClipTruth): Omit<ExpectedEvent, 'required'>[] {
  const at = (type: string, frame: number): Omit<ExpectedEvent, 'required'> => ({
    type,
    t: frame / truth.fps,
    detail: {},
  });
  const lives = transitions(truth, 'alive').map(({ frame, to }) => at(to === true ? 'spawn' : 'death', frame));
  const scores = transitions(truth, 'hud_scores').map(({ frame }) => at('score_changed', frame));
  const low = transitions(truth, 'health')
    .filter(({ frame, to }) => valueAt(truth, 'alive', frame) === true && isLow(to))
    .filter(({ from }) => !isLow(from))
    .map(({ frame }) => at('low_health', frame));
  return [...lives, ...scores, ...low];
}

const isLow = (value: TruthValue): boolean => typeof value === 'number' && value > 0 && value <= LOW_HEALTH;
const asNumber = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const asPair = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);
const asName = (value: unknown): string | null => (typeof value === 'string' ? value : null);
