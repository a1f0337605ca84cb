import type { PhraseRule } from './rules.js';

/** Sentences that OpenArena prints in its feed when `victim` dies by another player's hand, by weapon. */
const BY_PLAYER: Readonly<Record<string, readonly string[]>> = {
  gauntlet: ['{victim} was pummeled by {killer}'],
  machinegun: ['{victim} was machinegunned by {killer}'],
  shotgun: ['{victim} was gunned down by {killer}'],
  grenade_launcher: ["{victim} ate {killer}'s grenade", "{victim} was shredded by {killer}'s shrapnel"],
  rocket_launcher: ["{victim} ate {killer}'s rocket", "{victim} almost dodged {killer}'s rocket"],
  plasmagun: ["{victim} was melted by {killer}'s plasmagun"],
  railgun: ['{victim} was railed by {killer}'],
  lightning_gun: ['{victim} was electrocuted by {killer}'],
  bfg: ["{victim} was blasted by {killer}'s BFG"],
  nailgun: ['{victim} was nailed by {killer}'],
  chaingun: ["{victim} got lead poisoning from {killer}'s Chaingun"],
  prox_launcher: ["{victim} was too close to {killer}'s Prox Mine"],
  kamikaze: ["{victim} falls to {killer}'s Kamikaze blast"],
  invulnerability: ['{victim} was juiced by {killer}'],
  grapple: ['{victim} was caught by {killer}'],
  telefrag: ["{victim} tried to invade {killer}'s personal space"],
  lava: ['{victim} was given a hot bath by {killer}'],
  slime: ['{victim} was given a acid bath by {killer}'],
  falling: ['{victim} was given a small push by {killer}'],
  trigger_hurt: ['{victim} was helped on the way by {killer}'],
  crush: ["{victim} was crushed in {killer}'s trap"],
  suicide: ['{victim} was too eager against {killer}'],
};

/** The same for deaths that nobody else had a hand in. */
const BY_WORLD: Readonly<Record<string, readonly string[]>> = {
  falling: ['{victim} cratered'],
  crush: ['{victim} was squished'],
  water: ['{victim} sank like a rock'],
  slime: ['{victim} melted'],
  lava: ['{victim} does a back flip into the lava'],
  target_laser: ['{victim} saw the light'],
  trigger_hurt: ['{victim} was in the wrong place'],
};

/** And for those who killed themselves; the wording follows the model's gender. */
const BY_SELF: Readonly<Record<string, readonly string[]>> = {
  suicide: ['{victim} suicides'],
  kamikaze: ['{victim} goes out with a bang'],
  grenade_launcher: ['{victim} tripped on {whose:his|her|its} own grenade'],
  rocket_launcher: ['{victim} blew {who:himself|herself|itself} up'],
  plasmagun: ['{victim} melted {who:himself|herself|itself}'],
  bfg: ['{victim} should have used a smaller gun'],
  prox_launcher: ["{victim} found {whose:his|her|its|it's} prox mine"],
};

function kills(
  table: Readonly<Record<string, readonly string[]>>,
  extra: Readonly<Record<string, string>>,
): PhraseRule[] {
  return Object.entries(table).flatMap(([weapon, texts]) =>
    texts.map((text) => ({ set: 'feed', says: 'kill', text, detail: { weapon, ...extra } })),
  );
}

const say = (set: string, says: string, text: string, more: Partial<PhraseRule> = {}): PhraseRule => ({
  set,
  says,
  text,
  ...more,
});

const FEED: readonly PhraseRule[] = [
  ...kills(BY_PLAYER, {}),
  ...kills(BY_WORLD, {}),
  ...kills(BY_SELF, { self: 'yes' }),
  say('feed', 'kill', '{victim} was killed by {killer}'),
  say('feed', 'kill', '{victim} was killed by TEAMMATE {killer}', { detail: { team_kill: 'yes' } }),
  say('feed', 'kill', '{victim} killed {who:himself|herself|itself}', { detail: { self: 'yes' } }),
  say('feed', 'kill', '{victim} died'),
  say('feed', 'flag_taken', '{player} got the {flag:RED|BLUE} flag!', { playerFlag: 'enemy' }),
  say('feed', 'flag_taken', '{player} got the flag!'),
  say('feed', 'flag_captured', '{player} captured the {flag:RED|BLUE} flag!', { playerFlag: 'enemy' }),
  say('feed', 'flag_captured', '{player} captured the flag!'),
  say('feed', 'flag_returned', '{player} returned the {flag:RED|BLUE} flag!', { playerFlag: 'own' }),
  say('feed', 'flag_returned', 'The {flag:RED|BLUE} flag has returned!'),
  say('feed', 'flag_returned', 'The flag has returned!'),
  say('feed', 'carrier_fragged', "{player} fragged {flag:RED|BLUE}'s flag carrier!"),
  say('feed', 'connection', '{player} entered the game'),
  say('feed', 'connection', '{player} connected'),
  say('feed', 'connection', '{player} disconnected'),
  say('feed', 'connection', '{player} timed out'),
  say('feed', 'connection', '{player} was kicked'),
  say('feed', 'renamed', '{player} renamed to {text}'),
  say('feed', 'joined_team', '{player} joined the {team:red|blue} team'),
  say('feed', 'joined_battle', '{player} joined the battle'),
  say('feed', 'joined_spectators', '{player} joined the spectators'),
  say('feed', 'match_ended', 'Timelimit hit.', { detail: { reason: 'time limit' } }),
  say('feed', 'match_ended', '{player} hit the fraglimit.', { detail: { reason: 'frag limit' } }),
  say('feed', 'match_ended', '{team:Red|Blue} hit the fraglimit.', { detail: { reason: 'frag limit' } }),
  say('feed', 'match_ended', '{team:Red|Blue} hit the capturelimit.', { detail: { reason: 'capture limit' } }),
];

const CENTER: readonly PhraseRule[] = [
  say('center', 'you_fragged', 'You fragged {victim}'),
  say('center', 'you_fragged', 'You fragged your TEAMMATE {victim}', { detail: { team_kill: 'yes' } }),
  say('center', 'place', '{place:#}{nth:st|nd|rd|th} place with {score:#}'),
  say('center', 'place', 'Tied for {place:#}{nth:st|nd|rd|th} place with {score:#}'),
  say('center', 'joined_team', '{player} joined the {team:red|blue} team'),
  say('center', 'joined_battle', '{player} joined the battle'),
  say('center', 'match_started', 'FIGHT!'),
];

const SCOREBOARD: readonly PhraseRule[] = [
  say('scoreboard', 'fragged_by', 'Fragged by {killer}'),
  say('scoreboard', 'place', '{place:#}{nth:st|nd|rd|th} place with {score:#}'),
  say('scoreboard', 'place', 'Tied for {place:#}{nth:st|nd|rd|th} place with {score:#}'),
  say('scoreboard', 'team_standing', 'Teams are tied at {score:#}'),
  say('scoreboard', 'team_standing', '{team:Red|Blue} leads {score:#} to {other:#}'),
];

const ITEMS: readonly string[] = [
  'Mega Health',
  '50 Health',
  '25 Health',
  '5 Health',
  'Heavy Armor',
  'Armor Shard',
  'Armor',
  'Shotgun',
  'Grenade Launcher',
  'Rocket Launcher',
  'Lightning Gun',
  'Railgun',
  'Plasma Gun',
  'BFG10K',
  'Nailgun',
  'Prox Launcher',
  'Chaingun',
  'Quad Damage',
  'Battle Suit',
  'Invisibility',
  'Regeneration',
  'Personal Teleporter',
  'Medkit',
];

const PICKUP: readonly PhraseRule[] = ITEMS.map((item) => say('pickup', 'item_picked_up', item, { detail: { item } }));

/** All sentences of the game that the tracker understands. */
export const OPENARENA_PHRASES: readonly PhraseRule[] = [...FEED, ...CENTER, ...SCOREBOARD, ...PICKUP];
