import type { RegionReading } from '../types.js';
import { InkMemory } from './ink-memory.js';
import { LinePitch } from './line-layout.js';

/** What one region's reader remembers from frame to frame. */
export class RegionState {
  /** Block means of the picture that was last read; null when it must be read again. */
  signature: Uint8Array | null = null;
  /** Which of the region's places held something last: 0 is `box`, then `alternatives`. */
  place = 0;
  /** How often in a row the place that was known has not held anything. */
  misses = 0;
  /** The (first) reading of the last look. */
  reading: RegionReading | null = null;
  /** Stream time of the last reading, Unix seconds. */
  readAt: number | null = null;
  /** Frames in a row in which there was no time even to begin with the region. */
  waits = 0;
  readonly memory = new InkMemory();
  readonly pitch = new LinePitch();
}

/** All that recognition remembers of one session. */
export class RecognitionState {
  private readonly regions = new Map<string, RegionState>();

  of(region: string): RegionState {
    let state = this.regions.get(region);
    if (!state) {
      state = new RegionState();
      this.regions.set(region, state);
    }
    return state;
  }

  /** The last reading of every region that was ever read. */
  readings(): RegionReading[] {
    return [...this.regions.values()].flatMap(({ reading }) => (reading ? [reading] : []));
  }
}
