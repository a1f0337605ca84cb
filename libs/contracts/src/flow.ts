/** What a client may have under way on the video sockets of a session. Keeping to it, none of its frames is given up. */
export interface Credit {
  /** Frames without an answer, over all sockets of the session. */
  readonly max_in_flight: number;
  readonly max_fps: number;
  /** Width × height of a frame. */
  readonly max_px: number;
}

/** The picture worth sending: what the session's compression level and quality stand for. */
export interface PictureAdvice {
  /** The picture fits in this box; a smaller one is not enlarged. */
  readonly width: number;
  readonly height: number;
  readonly jpeg_quality: number;
}

/** Why the quality of a session went down or up. */
export const QUALITY_REASONS = ['p95_above_target', 'p95_below_target'] as const;
export type QualityReason = (typeof QUALITY_REASONS)[number];

/** How much is done for each frame of a session, and why. */
export interface QualityState {
  /** 0 = everything; each level above does less. */
  readonly level: number;
  /** The session's own; null = none, and then the level stays 0. */
  readonly target_p95_ms: number | null;
  /** Of the last window that was judged; null before the first. */
  readonly p95_ms: number | null;
  readonly steps: number;
  /** Unix seconds. */
  readonly last_change_at: number | null;
  readonly last_reason: QualityReason | null;
}
