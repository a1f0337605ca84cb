/** From this probability on one window is enough to fall silent. Game sound beside a microphone stays below it. */
const SURE = 0.5;
/** Windows within which a turn has to begin; else it was nothing. 256 ms. */
const PATIENCE_WINDOWS = 8;

/** What the moment asks of who speaks. */
export interface Floor {
  /** Whether JIGA can be heard just now. */
  readonly isSounding: boolean;
  /** Whether the player has a turn under way. */
  readonly isPlayersTurn: boolean;
  /** `voice_activation_threshold` of the session. */
  readonly threshold: number;
}

/**
 * Falls silent at the first sign of a voice rather than when a turn has begun, which takes longer to be sure of: a pause in
 * vain is made good. Pure; timed by windows of 32 ms.
 */
export class BargeIn {
  #patience = 0;

  /** @param voicing that somebody speaks in this window, 0–1, before noise suppression */
  sense(voicing: number, { isSounding, isPlayersTurn, threshold }: Floor): 'pause' | 'resume' | null {
    if (isPlayersTurn) {
      this.#patience = 0;
      return null;
    }
    if (this.#patience > 0) {
      this.#patience--;
      return this.#patience === 0 ? 'resume' : null;
    }
    if (!isSounding || voicing < Math.max(SURE, threshold)) return null;
    this.#patience = PATIENCE_WINDOWS;
    return 'pause';
  }
}
