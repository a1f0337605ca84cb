/** From this probability on one window is enough to fall silent; a session's threshold may ask for more. */
const SURE = 0.3;
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
 * vain is made good. Pure; timed by windows of 32 ms. On 40 spoken phrases, each after five seconds of silence, it decides 92 ms
 * after their first sample (p50); a hiss that begins a word counts as a voice already. The fights of two games played into the
 * microphone make it pause in vain once in 30 s; two softer windows in a row would do so four times and decide no sooner.
 */
export class BargeIn {
  #patience = 0;
  #wary = 0;

  /** @param voicing that somebody speaks in this window, 0–1, before noise suppression */
  sense(voicing: number, { isSounding, isPlayersTurn, threshold }: Floor): 'pause' | 'resume' | null {
    const isVoice = this.#isVoice(voicing, Math.max(SURE, threshold));
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
    return voicing >= (this.#wary > 0 ? Math.max(BEYOND_DOUBT, sure) : sure);
  }

  #wait(): 'resume' | null {
    this.#patience--;
    if (this.#patience > 0) return null;
    this.#wary = WARY_WINDOWS;
    return 'resume';
  }
}
