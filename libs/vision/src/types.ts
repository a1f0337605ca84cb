import type { Box } from '@jiga/contracts';

/**
 * One region of a game profile as the reader saw it in one frame: the only thing that passes from recognition to
 * the match tracker.
 *  - `read`: text was recognised (`text`, `confidence` over the region's allowed characters)
 *  - `empty`: the place was looked at and nothing is drawn there
 *  - `unreadable`: something is drawn, but too small or too unclear to tell what
 */
export interface RegionReading {
  readonly region: string;
  readonly outcome: 'read' | 'empty' | 'unreadable';
  readonly text: string | null;
  readonly confidence: number;
  /** Where the text is in the frame. */
  readonly box: Box;
  /** Name of the dominant colour among those that the profile names for this region (`red`, `blue`, `gold`, …), or null. */
  readonly color: string | null;
}

/** All that recognition found in one frame. `regions` holds only what was looked at again; the rest is unchanged. */
export interface FrameReadings {
  /** Capture time of the frame, Unix seconds. */
  readonly timestamp: number;
  /** Profile that the regions belong to; null while the game is unknown. */
  readonly profileId: string | null;
  readonly profileConfidence: number;
  readonly sceneCut: boolean;
  readonly regions: readonly RegionReading[];
  /** Regions whose picture has not changed since their last reading: that reading still holds. */
  readonly unchanged: readonly string[];
}
