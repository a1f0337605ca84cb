import type { Box, Detection, VisionResult } from './vision.js';

/** A frame that was just read here, and what was found in it. */
export interface SceneFrame {
  readonly sessionId: string;
  /** The encoded picture. It must not change any more. */
  readonly bytes: Uint8Array;
  /** Difference hash, 16 hex digits. */
  readonly hash: string;
  readonly known: Pick<VisionResult, 'game' | 'hud'>;
}

/** What a remote model said about a frame of a session. */
export interface SceneFindings {
  /** `provider:model`. */
  readonly provider: string;
  readonly description: string | null;
  /** Of the description. */
  readonly confidence: number | null;
  readonly game: { readonly name: string; readonly confidence: number } | null;
  readonly detections: readonly (Omit<Detection, 'box' | 'provider'> & { readonly box: Box })[];
  /** How long ago the frame was shown to it, in milliseconds. */
  readonly ageMs: number;
}

/**
 * The port between vision and whoever knows more about a scene than this machine. Vision neither waits for it nor fails
 * with it: both operations return at once.
 */
export interface SceneEnricher {
  /** Offers a frame to look at; most are not looked at. */
  offer(frame: SceneFrame): void;
  /**
   * What is known about the scene of this frame; null = nothing, or what was known is of another scene or too old.
   * @param sceneCut whether the picture changed as a whole with this frame
   */
  findingsFor(sessionId: string, hash: string, sceneCut: boolean): SceneFindings | null;
  /** The session has ended: ends what is under way for it. */
  forget(sessionId: string): void;
}

/** Injection token of the {@link SceneEnricher}; a server may have none. */
export const SCENE_ENRICHER = Symbol.for('jiga:scene-enricher');
