import type { SkillSelection } from './session-configuration.js';
import type { ProcessingMode } from './session.js';
import type { VisionResult } from './vision.js';

/** A frame on its way to vision. `bytes` is the encoded picture (JPEG, PNG or WebP), owned by this frame alone. */
export interface Frame {
  readonly id: string;
  readonly bytes: Uint8Array;
  /** From the picture's header, checked against the limits before anything is decoded. */
  readonly width: number;
  readonly height: number;
  /** Capture time in Unix seconds, as the sender said. */
  readonly timestamp: number;
  readonly source: string;
  readonly channel: string | null;
  /** Not one of a stream of frames: its sender waits for all that it shows, and no next one brings what there was no time for. */
  readonly isAlone?: boolean;
}

/** What a session asks of vision. */
export interface VisionSettings {
  readonly sessionId: string;
  /** Profile id, or `auto` to find out. */
  readonly game: string;
  readonly mode: ProcessingMode;
  /** Longest time between two heavy stages while frames come, in milliseconds. */
  readonly analysisIntervalMs: number;
  /** Skills that run, with checked settings; null = all. An empty list is the cheap stage alone. */
  readonly skills: SkillSelection | null;
  readonly cache: CacheSettings;
}

/** When results may be shared between frames that look alike. */
export interface CacheSettings {
  readonly enabled: boolean;
  /** Likeness, 0–1, from which on two frames count as the same. */
  readonly similarity: number;
  /** How long a result may be shared for, in milliseconds. */
  readonly ttlMs: number;
}

/** How much of the heavy work is done. Below all of it, results come sooner and know less. */
export interface AnalysisEffort {
  /** The analysis interval is this many times as long; 1 = as set. */
  readonly intervalFactor: number;
  /** Part of the time for text recognition that one heavy stage may use, 0–1. */
  readonly textBudget: number;
  /** Skill ids that rest although the session has them. */
  readonly restingSkills: readonly string[];
}

export const FULL_EFFORT: AnalysisEffort = { intervalFactor: 1, textBudget: 1, restingSkills: [] };

/** What may change while an analysis is open; what is absent stays. */
export interface AnalysisChanges {
  readonly skills?: SkillSelection | null;
  readonly effort?: AnalysisEffort;
}

/**
 * One session's analysis, as the intake sees it. The port between frame sources and vision: video, Twitch, … hold
 * one, vision implements it, and neither knows the other.
 */
export interface AnalysisSession {
  /**
   * Analyses one frame: the cheap stage at once, the heavy stage when it is due (the promise then waits for it).
   * Frames must be given in capture order; several may be under way. Throws AppError `invalid_image` for a picture
   * that does not decode.
   * @param queueMs how long the frame waited before this call, for the result's metadata
   * @param onCheapDone called once, when the cheap stage is over and only the heavy one is still waited for; until then the
   *   next frames of the session may be held back
   */
  analyze(frame: Frame, queueMs: number, onCheapDone?: () => void): Promise<VisionResult>;
  /** In effect from the next frame on. */
  configure(changes: AnalysisChanges): void;
  /** Ends the analysis and frees what it holds; frames under way are rejected. May be called twice. */
  close(): Promise<void>;
}

export interface FrameAnalyzer {
  open(settings: VisionSettings): AnalysisSession;
}

/** Injection token of the {@link FrameAnalyzer}. */
export const FRAME_ANALYZER = Symbol.for('jiga:frame-analyzer');
