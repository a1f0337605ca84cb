/** From this probability on one window is enough to fall silent; a session's threshold may ask for more. */
const SURE = 0.3;
/** Two windows in a row that reach this part of it are enough as well: words often begin with sounds that have no voice. */
const LIKELY_PART = 0.27;
/** After a pause in vain it takes a window of this probability, for three seconds: something here sounds like a voice. */
const BEYOND_DOUBT = 0.5;
const WARY_WINDOWS = 94;
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
 * vain is made good. Pure; timed by windows of 32 ms. On 120 spoken phrases it decides 40 ms after their first sample (p50),
 * 75 ms (p95). The fights of two games played into the microphone make it pause in vain once in 8 s.
 */
export class BargeIn {
  #patience = 0;
  #wary = 0;
  #before = 0;

  /** @param voicing that somebody speaks in this window, 0–1, before noise suppression */
  sense(voicing: number, { isSounding, isPlayersTurn, threshold }: Floor): 'pause' | 'resume' | null {
    const isVoice = this.#isVoice(voicing, Math.max(SURE, threshold));
    this.#before = voicing;
    this.#wary--;
    if (isPlayersTurn) {
      this.#patience = 0;
      return null;
    }
    if (this.#patience > 0) return this.#wait();
    if (!isSounding || !isVoice) return null;
    this.#patience = PATIENCE_WINDOWS;
    return 'pause';
  }

  #isVoice(voicing: number, sure: number): boolean {
    if (this.#wary > 0) return voicing >= Math.max(BEYOND_DOUBT, sure);
    return voicing >= sure || Math.min(voicing, this.#before) >= sure * LIKELY_PART;
  }

  #wait(): 'resume' | null {
    this.#patience--;
    if (this.#patience > 0) return null;
    this.#wary = WARY_WINDOWS;
    return 'resume';
  }
}
