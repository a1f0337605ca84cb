import type { GameProfile } from '../profiles/profile.types.js';
import type { RegionReading } from '../types.js';

/** From this belief on a game counts as recognised; it is given up when it falls below the lower one. */
const ACCEPT = 0.5;
const GIVE_UP = 0.25;
/** Weight of a new frame against what was believed. */
const LEARNING = 0.25;

/**
 * What one frame says for a profile, 0–1: the regions that name an `evidence` and hold something plausible, as
 * independent signs. A region whose profile names colours must also have one of them.
 */
export function frameEvidence(profile: GameProfile, readings: readonly RegionReading[]): number {
  let doubt = 1;
  for (const region of profile.regions) {
    if (region.evidence === undefined) continue;
    const reading = readings.find((one) => one.region === region.name);
    if (reading?.outcome !== 'read' || (region.colors && reading.color === null)) continue;
    doubt *= 1 - region.evidence * reading.confidence;
  }
  return 1 - doubt;
}

/** Gathers evidence over frames whether a stream shows one game. */
export class GameBelief {
  private value: number | null = null;
  private accepted = false;

  /** Takes in one frame's evidence; `sceneCut` makes old evidence count less. */
  observe(evidence: number): void {
    // Several signs in the very first frame suffice: a single picture may be all there is.
    this.value = this.value === null ? evidence : this.value + (evidence - this.value) * LEARNING;
    if (this.value >= ACCEPT) this.accepted = true;
    else if (this.value < GIVE_UP) this.accepted = false;
  }

  /** 0–1 while the game is recognised, else null. */
  get confidence(): number | null {
    return this.accepted ? Math.round((this.value ?? 0) * 1000) / 1000 : null;
  }
}
