/**
 * What vision tells about a frame: the `data` of every result message, the HTTP answer and the timeline entry.
 * Boxes are `[x, y, width, height]` in 0–1 of the frame. What was not seen is `null`, never invented.
 */
export type Box = readonly [x: number, y: number, width: number, height: number];

export const GAME_PHASES = [
  'menu',
  'loading',
  'spectating',
  'playing',
  'dead',
  'scoreboard',
  'replay',
  'paused',
  'unknown',
] as const;
export type GamePhase = (typeof GAME_PHASES)[number];

/** HUD field names that every profile uses where they fit. */
export const HUD_FIELDS = [
  'health',
  'armor',
  'ammo',
  'ammo_reserve',
  'weapon',
  'timer',
  'score',
  'frags',
  'deaths',
  'lap',
  'laps',
  'rank',
  'speed',
  'money',
  'location',
  'objective',
  'alive_left',
  'alive_right',
  'level',
  'mana',
  'boost',
] as const;
export type HudFieldName = (typeof HUD_FIELDS)[number];

/** Event types that every profile uses where they fit; a profile adds more under its own prefix (`openarena.holdable_used`). */
export const GAME_EVENT_TYPES = [
  'kill',
  'death',
  'spawn',
  'low_health',
  'score_changed',
  'flag_taken',
  'flag_captured',
  'flag_returned',
  'objective_started',
  'objective_completed',
  'objective_failed',
  'lap_completed',
  'rank_changed',
  'item_picked_up',
  'round_started',
  'round_ended',
  'match_started',
  'match_ended',
  'phase_changed',
] as const;
export type GameEventType = (typeof GAME_EVENT_TYPES)[number] | `${string}.${string}`;

export interface FrameInfo {
  readonly id: string;
  /** Counts the session's analysed frames from 1. */
  readonly sequence: number;
  /** When the frame was captured, Unix seconds, as its sender said. */
  readonly timestamp: number;
  readonly width: number;
  readonly height: number;
  /** 64-bit dHash, 16 hex digits. */
  readonly hash: string;
  readonly source: string;
  readonly channel: string | null;
}

/** A value read off the HUD. `value` is typed (a timer is seconds); `text` is what was drawn. */
export interface HudValue {
  readonly value: number | string | boolean | null;
  readonly text: string | null;
  readonly unit?: string;
  readonly confidence: number;
  readonly box: Box | null;
  /** How long before this frame the value was last read off a picture, in milliseconds. */
  readonly age_ms: number;
  /** Why `value` is null although the place was looked at: the text is too small or too unclear to read. */
  readonly unreadable?: boolean;
}

export interface Detection {
  readonly label: string;
  readonly category: 'hud_text' | 'icon' | 'player' | 'object' | 'banner';
  readonly confidence: number;
  readonly box: Box;
  readonly text: string | null;
  /** `provider:model` of the remote model that saw it; absent when it was seen here. */
  readonly provider?: string;
}

/** What a remote model said about the scene; it comes later than the frame that it saw. */
export interface Scene {
  readonly description: string | null;
  /** Of the description, as the model states it. */
  readonly confidence: number | null;
  /** The game, as the model names it. */
  readonly game: { readonly name: string; readonly confidence: number } | null;
  /** `provider:model`. */
  readonly provider: string;
  /** How long before this frame the model was shown the scene, in milliseconds. */
  readonly age_ms: number;
}

export interface GameEvent {
  readonly event_id: string;
  readonly type: GameEventType;
  /** Timestamp of the frame that first showed it. */
  readonly timestamp: number;
  readonly confidence: number;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
  readonly evidence: Readonly<Record<string, string | number | boolean | null | Box>>;
}

export const CALLOUT_PRIORITIES = ['info', 'important', 'urgent'] as const;
export type CalloutPriority = (typeof CALLOUT_PRIORITIES)[number];

export interface Callout {
  readonly callout_id: string;
  readonly text: string;
  readonly priority: CalloutPriority;
  readonly category: string;
  /** Timestamp of the frame that gave rise to it. */
  readonly timestamp: number;
  /** After this moment (Unix seconds) it is no longer worth saying. */
  readonly expires_at: number;
  readonly reason: string;
}

export type ThreatLevel = 'low' | 'elevated' | 'high' | 'critical';

export interface Tactical {
  readonly threat_level: ThreatLevel | null;
  readonly situation: string | null;
  readonly recommendations: readonly { readonly text: string; readonly reason: string; readonly confidence: number }[];
}

export interface PlayerInfo {
  readonly name: string;
  readonly team: string | null;
  readonly score: number | null;
  readonly confidence: number;
}

/** What is used again instead of being worked out anew: scene-level results, regions of the HUD, lines of text. */
export const REUSE_KINDS = ['scene', 'hud', 'text'] as const;
export type ReuseKind = (typeof REUSE_KINDS)[number];

export interface ReuseCounts {
  readonly hits: number;
  readonly misses: number;
}

export interface VisionMetadata {
  /** `local`; with a `scene`, also whose it is: `local+provider:model`. */
  readonly provider: string;
  readonly mode: 'normal' | 'high_speed';
  readonly cache: 'hit' | 'miss' | 'off';
  /** On frames with a heavy stage: what of its work was known already, by kind; kinds that it did not need are absent. */
  readonly reuse?: Readonly<Partial<Record<ReuseKind, ReuseCounts>>>;
  /**
   * Milliseconds since the last heavy stage, which may have read numbers alone: text is read once an interval and after
   * cuts. Null before the first one has finished.
   */
  readonly heavy_age_ms: number | null;
  /** `decode`, `cheap`, and on frames with a heavy stage `heavy_wait`, `heavy`. */
  readonly stages_ms: Readonly<Record<string, number>>;
  readonly queue_ms: number;
  readonly processing_ms: number;
  /** Mean absolute luma difference to the previous frame, 0–1; null on the first frame. */
  readonly motion: number | null;
  readonly scene_cut: boolean;
}

export interface VisionResult {
  readonly analysis_id: string;
  readonly frame: FrameInfo;
  readonly game: {
    readonly id: string;
    readonly name: string;
    readonly confidence: number;
    readonly phase: GamePhase;
  } | null;
  readonly game_mode: { readonly name: string; readonly confidence: number; readonly evidence: string } | null;
  readonly map: {
    readonly name: string;
    readonly location: { readonly label: string; readonly x: number | null; readonly y: number | null } | null;
    readonly confidence: number;
  } | null;
  readonly teams: {
    readonly player_team: string | null;
    readonly scores: Readonly<Record<string, number | null>> | null;
    readonly players: readonly PlayerInfo[];
  } | null;
  /** Fields of the game's profile; a field that is not on the screen now is null. */
  readonly hud: Readonly<Record<string, HudValue | null>>;
  readonly detections: readonly Detection[];
  /** Events first shown since the previous result of this session. */
  readonly events: readonly GameEvent[];
  readonly tactical: Tactical;
  readonly callouts: readonly Callout[];
  readonly team_messages: readonly string[];
  /** How sure the reading as a whole is, 0–1; null when nothing was read. */
  readonly confidence: number | null;
  /** Absent unless a remote model was shown the scene. */
  readonly scene?: Scene;
  readonly metadata: VisionMetadata;
}
