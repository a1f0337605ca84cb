import { OPENARENA_CALLOUTS, OPENARENA_TACTICS } from './openarena.advice.js';
import { OPENARENA_PHRASES } from './openarena.phrases.js';
import type { FieldRule, MatchRules, ModeRule } from './rules.js';

/** What the status bar's numbers have in common. */
const STATUS = {
  kind: 'integer',
  min: 0,
  usualFrom: 0.6,
  newFrom: 0.97,
  suspectSights: 3,
  carryS: 0.7,
  blinkS: 0.1,
  group: 'status',
} as const;
/** A score box is never empty during a match, so an empty one is a weak reading. */
const SCORE = {
  kind: 'integer',
  min: -99,
  max: 999,
  usualStep: { up: 2, down: 1 },
  usualFrom: 0.85,
  newFrom: 0.9,
  oddFrom: 0.98,
  oddSights: 6,
  suspectSights: 8,
  carryS: 10,
  blinkS: 20,
} as const;

const FIELDS: readonly FieldRule[] = [
  {
    ...STATUS,
    field: 'health',
    region: 'health',
    max: 300,
    usualStep: { up: 100, down: 300 },
    oddFrom: 0.9,
    oddSights: 2,
    rises: [5, 10, 25, 50, 100],
  },
  {
    ...STATUS,
    field: 'armor',
    region: 'armor',
    max: 300,
    usualStep: { up: 100, down: 300 },
    oddFrom: 0.9,
    oddSights: 2,
    rises: [5, 10, 50, 100],
  },
  {
    ...STATUS,
    field: 'ammo',
    region: 'ammo',
    max: 999,
    usualStep: { up: 0, down: 6 },
    oddFrom: 0.93,
    oddSights: 2,
  },
  {
    field: 'timer',
    region: 'timer',
    kind: 'clock',
    unit: 's',
    min: 0,
    max: 35_999,
    runs: 'up',
    usualStep: { up: 1, down: 0 },
    usualFrom: 0.5,
    newFrom: 0.8,
    oddFrom: 0.8,
    oddSights: 3,
    suspectSights: 3,
    carryS: 2,
    blinkS: 0.5,
  },
  { ...SCORE, field: 'score_left', region: 'score_left', score: { side: 'left', team: 'red' } },
  { ...SCORE, field: 'score_right', region: 'score_right', score: { side: 'right', team: 'blue' } },
];

const FLAG_SIGNS = { flag_taken: 2, flag_captured: 2, flag_returned: 2, carrier_fragged: 2 };
/** The boxes above the scores hold flags in flag matches only. */
const NO_FLAG_ICONS = { 'color:flag_red=none': 0.5, 'color:flag_blue=none': 0.5 };
const FLAG_ICONS = { 'color:flag_red=red': 0.8, 'color:flag_blue=blue': 0.8 };
const TEAM_SIGNS = { team_standing: 1.5, joined_team: 1.5, 'color:score_left=red': 0.6, 'color:score_right=blue': 0.6 };
const SOLO_SIGNS = {
  place: 1.5,
  joined_battle: 0.8,
  'color:score_left=red': -1.5,
  'color:score_left=blue': 0.6,
  'color:score_left=gray': 0.6,
};

const MODES: readonly ModeRule[] = [
  { name: 'capture the flag', teams: true, evidence: { ...TEAM_SIGNS, ...FLAG_SIGNS, ...FLAG_ICONS } },
  { name: 'team deathmatch', teams: true, evidence: { ...TEAM_SIGNS, ...NO_FLAG_ICONS } },
  { name: 'free for all', teams: false, evidence: { ...SOLO_SIGNS, ...NO_FLAG_ICONS, many_fighters: 1 } },
  { name: 'tournament', teams: false, evidence: { ...SOLO_SIGNS, ...NO_FLAG_ICONS, two_fighters: 1 } },
];

/** What the match tracker knows of OpenArena 0.8.8: wording and timing from the game's own behaviour. */
export const OPENARENA_RULES: MatchRules = {
  profileId: 'openarena',
  gameName: 'OpenArena',
  fields: FIELDS,
  feed: { regions: ['feed_1', 'feed_2', 'feed_3', 'feed_4'], lifetimeS: 3 },
  banners: [
    { regions: ['center_1', 'center_2', 'center_3'], set: 'center', lifetimeS: 3 },
    { regions: ['scoreboard_title', 'scoreboard_place'], set: 'scoreboard', lifetimeS: 30 },
    { regions: ['pickup'], set: 'pickup', lifetimeS: 3 },
  ],
  phrases: OPENARENA_PHRASES,
  names: {
    seeds: [
      'Angelyss',
      'Arachna',
      'Assassin',
      'Ayumi',
      'Beret',
      'Dark',
      'Gargoyle',
      'Grism',
      'Grunt',
      'Jenna',
      'Kyonshi',
      'Liz',
      'Major',
      'Merman',
      'Metalbot',
      'Neko',
      'Penguin',
      'Rai',
      'Sarge',
      'Sergei',
      'Skelebot',
      'Sorceress',
      'Tanisha',
      'Tony',
      'UnnamedPlayer',
    ],
    maxLength: 32,
    chatMarks: [
      { open: '(', close: ')', team: true },
      { open: '[', close: ']:', team: false },
      { open: '', close: ':', team: false },
    ],
  },
  teams: {
    names: ['red', 'blue'],
    playerColorRegions: ['team_bar'],
    modeColorRegions: ['flag_red', 'flag_blue', 'score_left', 'score_right'],
  },
  modes: MODES,
  life: {
    vitalField: 'health',
    steadyField: 'timer',
    respawnS: 1.6,
    phases: { fragged_by: 'dead', team_standing: 'scoreboard' },
    deadWords: ['fragged_by'],
    followRegion: 'follow_name',
  },
  kills: {
    bannerHoldS: 1.2,
    bannerLifetimeS: 3.4,
    weaponNames: {
      gauntlet: 'the gauntlet',
      machinegun: 'a machinegun',
      shotgun: 'a shotgun',
      grenade_launcher: 'a grenade',
      rocket_launcher: 'a rocket',
      plasmagun: 'a plasmagun',
      railgun: 'a railgun',
      lightning_gun: 'a lightning gun',
      bfg: 'the BFG',
      nailgun: 'a nailgun',
      chaingun: 'a chaingun',
      prox_launcher: 'a mine',
      kamikaze: 'a kamikaze',
      telefrag: 'a telefrag',
      trigger_hurt: 'a push',
      falling: 'a push',
      lava: 'a push',
      slime: 'a push',
      crush: 'a trap',
    },
  },
  lowHealth: { field: 'health', at: 25, rearmAt: 40 },
  tactics: OPENARENA_TACTICS,
  callouts: OPENARENA_CALLOUTS,
  calloutLimits: { minGapS: { urgent: 1, important: 1.5, info: 4 }, perMinute: 14 },
};
