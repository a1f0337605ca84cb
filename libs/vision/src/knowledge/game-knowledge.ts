import type { GameKnowledge, GameKnowledgeSource } from '@jiga/contracts';

const list = (text: string): string[] => text.split(',').map((item) => item.trim());

const ARENA_PLACES = list(
  'red base, blue base, red flag, blue flag, mega health, red armor, yellow armor, quad, the platform, upper level, lower level, jump pad',
);

/** What players call things, game by game. Facts of common usage; a game that is not here has only what all games have. */
const KNOWLEDGE: readonly GameKnowledge[] = [
  {
    id: 'openarena',
    name: 'OpenArena',
    places: ARENA_PLACES,
    weapons: list(
      'gauntlet, machinegun, shotgun, grenade launcher, rocket launcher, plasmagun, railgun, lightning gun, nailgun, chaingun, rockets, plasma',
    ),
    modes: list('free for all, team deathmatch, capture the flag, tournament'),
    timerRuns: 'up',
  },
  {
    id: 'doom',
    name: 'Doom',
    places: list('the exit, the key, the lift, the secret, the start'),
    weapons: list('fist, chainsaw, pistol, shotgun, super shotgun, chaingun, rocket launcher, plasma rifle'),
    modes: list('single player, cooperative, deathmatch'),
    timerRuns: null,
  },
  {
    id: 'supertuxkart',
    name: 'SuperTuxKart',
    places: list('the finish, the start, the shortcut, the curve, the first corner, the last corner'),
    weapons: list('bowling ball, cake, plunger, bubble gum, zipper, banana'),
    modes: list('race, time trial, soccer, battle'),
    timerRuns: null,
  },
  {
    id: 'valorant',
    name: 'Valorant',
    places: list(
      'a main, b main, c main, a short, a long, b long, heaven, hell, garage, market, attacker spawn, defender spawn, hookah, showers',
    ),
    weapons: list('vandal, phantom, operator, sheriff, spectre, marshal, guardian, odin, classic, ghost'),
    modes: list('unrated, competitive, spike rush, deathmatch'),
    timerRuns: 'down',
  },
  {
    id: 'cs2',
    name: 'Counter-Strike 2',
    places: list(
      'long, short, catwalk, connector, palace, apartments, banana, pit, jungle, ramp, tunnels, upper tunnels, window, heaven, ticket, stairs, market',
    ),
    weapons: list('a k, m four, the op, desert eagle, glock, scout, shotgun, grenade, smoke, flash, molotov'),
    modes: list('competitive, premier, casual, deathmatch'),
    timerRuns: 'down',
  },
  {
    id: 'league_of_legends',
    name: 'League of Legends',
    places: list(
      'top lane, mid lane, bottom lane, jungle, river, dragon, baron, our jungle, their jungle, blue buff, red buff, the nexus, the tower',
    ),
    weapons: [],
    modes: list('ranked, draft, all random'),
    timerRuns: 'up',
  },
  {
    id: 'rocket_league',
    name: 'Rocket League',
    places: list('the goal, our goal, their goal, the corner, the wall, the ceiling, midfield, the back post'),
    weapons: [],
    modes: list('duel, doubles, standard'),
    timerRuns: 'down',
  },
  {
    id: 'overwatch2',
    name: 'Overwatch 2',
    places: list('the point, the payload, high ground, the choke, the flank, the back line'),
    weapons: [],
    modes: list('control, escort, hybrid, push'),
    timerRuns: 'down',
  },
  {
    id: 'apex_legends',
    name: 'Apex Legends',
    places: list('the ring, the zone, high ground, the building, the care package, the ship'),
    weapons: list('flatline, wingman, peacekeeper, mastiff, longbow, kraber, spitfire'),
    modes: list('trios, duos, ranked'),
    timerRuns: 'down',
  },
];

/** Ids of the games that something is known of, with a profile or without. */
export const GAME_IDS: readonly string[] = KNOWLEDGE.map(({ id }) => id);

export const GAME_KNOWLEDGE_TABLE: GameKnowledgeSource = {
  find: (gameId) => KNOWLEDGE.find(({ id }) => id === gameId) ?? null,
};
