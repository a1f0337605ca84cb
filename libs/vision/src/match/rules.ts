import type { CalloutPriority, GamePhase, ThreatLevel } from '@jiga/contracts';

/**
 * What the match tracker has to know about one game. Everything here is data: another game is another object of this
 * type, never another branch in the engine. Times are seconds, confidences 0–1.
 */
export interface MatchRules {
  readonly profileId: string;
  readonly gameName: string;
  readonly fields: readonly FieldRule[];
  readonly feed: FeedRule;
  /** Regions that hold one changing text (centre print, name of the followed player, …) and the phrases to expect. */
  readonly banners: readonly BannerRule[];
  readonly phrases: readonly PhraseRule[];
  readonly names: NameRule;
  readonly teams: TeamRule;
  readonly modes: readonly ModeRule[];
  readonly life: LifeRule;
  readonly kills: KillRule;
  /** Health at or below `at` is low; it must rise to `rearmAt` before it can be low again. */
  readonly lowHealth: { readonly field: string; readonly at: number; readonly rearmAt: number };
  readonly tactics: readonly TacticRule[];
  readonly callouts: readonly CalloutRule[];
  readonly calloutLimits: CalloutLimits;
}

/** How a number on the screen behaves, which is what tells a change from a misreading. */
export interface FieldRule {
  readonly field: string;
  readonly region: string;
  readonly kind: 'integer' | 'clock';
  readonly unit?: string;
  readonly min: number;
  readonly max: number;
  /**
   * A change within these bounds is believed from `usualFrom` on or when read twice, any other from `oddFrom` on or
   * when read `oddSights` times in a row. One that only puts digits in front of the value is believed after
   * `suspectSights` in a row, however clear; so is one that takes them away, if it is larger than `usualStep.down`.
   */
  readonly usualStep: { readonly up: number; readonly down: number };
  readonly usualFrom: number;
  /** For a value where none was, which is believed from here on or when read twice. */
  readonly newFrom: number;
  readonly oddFrom: number;
  readonly oddSights: number;
  readonly suspectSights: number;
  /** The only rises that are usual, any other must be read again; all up to `usualStep.up` when not given. */
  readonly rises?: readonly number[];
  /** How long the place may be empty before the number counts as gone. */
  readonly blinkS: number;
  /** Fields of one group are drawn and hidden together: when all are gone at once, they are gone at once. */
  readonly group?: string;
  /** Only for clocks: which way it runs. */
  readonly runs?: 'up' | 'down';
  /** How long a value outlives its last sight while the place cannot be read. */
  readonly carryS: number;
  /** Key under `teams.scores`, for score fields; `team` is used in team modes, `side` otherwise. */
  readonly score?: { readonly side: string; readonly team: string };
  /** False for fields that feed the state but are no HUD values of their own. */
  readonly hud?: boolean;
}

export interface FeedRule {
  /** Regions of the lines from the oldest to the newest. */
  readonly regions: readonly string[];
  /** How long the game shows a line, in seconds. */
  readonly lifetimeS: number;
}

export interface BannerRule {
  readonly regions: readonly string[];
  readonly set: string;
  /** How long the game shows such a text, in seconds: the same words later than that are said anew. */
  readonly lifetimeS: number;
}

/**
 * One sentence that the game can show. `text` is made of literal words, name slots `{victim}`, number slots `{n:#}`
 * and alternatives `{flag:red|blue}`, whose choice becomes part of the message.
 */
export interface PhraseRule {
  readonly set: string;
  /** What the sentence says: an event type, or a word that the rules below refer to. */
  readonly says: string;
  readonly text: string;
  readonly detail?: Readonly<Record<string, string>>;
  /** Slots whose players are on the named side of `detail.flag`: `own` team's flag or `enemy` flag. */
  readonly playerFlag?: 'own' | 'enemy';
}

export interface NameRule {
  /** Names that the game gives by itself; they only help to spell a name that was read. */
  readonly seeds: readonly string[];
  readonly maxLength: number;
  /** Marks that open a line of chat after, or around, the speaker's name. */
  readonly chatMarks: readonly { readonly open: string; readonly close: string; readonly team: boolean }[];
}

export interface TeamRule {
  readonly names: readonly [string, string];
  /** Regions whose colour is the team of the viewed player, when the mode has teams. */
  readonly playerColorRegions: readonly string[];
  /** Regions whose colour is a sign of the mode (`color:REGION=NAME` in {@link ModeRule.evidence}). */
  readonly modeColorRegions: readonly string[];
}

export interface ModeRule {
  readonly name: string;
  readonly teams: boolean;
  /** Messages (by what they say) that speak for the mode, with a weight; 1 is enough for a confidence of one half. */
  readonly evidence: Readonly<Record<string, number>>;
}

export interface LifeRule {
  /** Field that is on the screen exactly while the viewed player lives. */
  readonly vitalField: string;
  /** Field that stays on the screen in death: its sight tells that the HUD as a whole is still drawn. */
  readonly steadyField: string;
  /** Shortest time between two deaths of one player. */
  readonly respawnS: number;
  /** Banner messages that mean a phase while they are shown. */
  readonly phases: Readonly<Record<string, GamePhase>>;
  /** Banner messages that only appear when the viewed player is dead. */
  readonly deadWords: readonly string[];
  /** Region that shows nothing but the name of the followed player. */
  readonly followRegion: string;
}

export interface KillRule {
  /** How long a kill known from a banner alone waits for its feed line. */
  readonly bannerHoldS: number;
  /** How long such a banner is shown. */
  readonly bannerLifetimeS: number;
  readonly weaponNames: Readonly<Record<string, string>>;
}

export type Fact = string | number | boolean | null;
/** A fact compared with a value. */
export type Condition = readonly [fact: string, is: '<' | '<=' | '>' | '>=' | '=' | '!=', value: Fact];

export interface TacticRule {
  readonly when: readonly Condition[];
  readonly threat: ThreatLevel;
  readonly situation: string;
  readonly recommend: readonly { readonly text: string; readonly reason: string; readonly confidence: number }[];
}

/** Speaks when the event happens, or when `when` becomes true without an event. `{…}` in the text are facts or details. */
export interface CalloutRule {
  readonly on: string | null;
  readonly when: readonly Condition[];
  readonly text: string;
  readonly reason: string;
  readonly priority: CalloutPriority;
  readonly category: string;
  /** Callouts with the same key share the cool-down. */
  readonly key: string;
  readonly cooldownS: number;
  readonly ttlS: number;
}

export interface CalloutLimits {
  /** Shortest time between two callouts, by priority. */
  readonly minGapS: Readonly<Record<CalloutPriority, number>>;
  readonly perMinute: number;
}
