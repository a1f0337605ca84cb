import type { Box } from '@jiga/contracts';
import type { FrameReadings, RegionReading } from '../types.js';

/** What is known of a region at the moment of an update. */
export interface Sight {
  readonly reading: RegionReading;
  /** Read in this very frame; otherwise its picture is unchanged since it was read. */
  readonly fresh: boolean;
  /** Capture time of the frame it was read in. */
  readonly readAt: number;
}

/** Remembers the last reading of every region, so that "unchanged" can be turned back into what stands there. */
export class RegionBoard {
  private readonly last = new Map<string, { reading: RegionReading; readAt: number }>();
  private current = new Map<string, Sight>();

  update(readings: FrameReadings): void {
    this.current = new Map();
    for (const name of readings.unchanged) {
      const known = this.last.get(name);
      if (known !== undefined) this.current.set(name, { ...known, fresh: false });
    }
    for (const reading of readings.regions) {
      const known = { reading, readAt: readings.timestamp };
      this.last.set(reading.region, known);
      this.current.set(reading.region, { ...known, fresh: true });
    }
  }

  /** What the last update says about the region; null when it was neither read nor known to be unchanged. */
  sight(region: string): Sight | null {
    return this.current.get(region) ?? null;
  }

  clear(): void {
    this.last.clear();
    this.current.clear();
  }
}

/** Text and confidence of a region that shows text, else null. */
export function shownText(sight: Sight | null): { text: string; confidence: number; box: Box } | null {
  if (sight === null || sight.reading.outcome !== 'read' || sight.reading.text === null) return null;
  return { text: sight.reading.text, confidence: sight.reading.confidence, box: sight.reading.box };
}
