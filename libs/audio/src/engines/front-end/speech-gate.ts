import { VOICE_WINDOW_SAMPLES } from '../../ports/pcm.js';
import { SampleQueue } from './sample-queue.js';
import type { NoiseSuppressor, VoiceActivityDetector } from './stages.js';

/** A window as it leaves the gate. */
export interface GatedWindow {
  readonly pcm: Float32Array;
  readonly speechProbability: number;
  readonly index: number;
  /** The windows just before this one, cleaned after all: they left the gate as they were. */
  readonly before: readonly Float32Array[];
}

/** What came of one window. */
export interface GateOutcome {
  /** That somebody speaks in this window, before its noise is taken away. */
  readonly voicing: number;
  readonly windows: readonly GatedWindow[];
}

interface Arrived {
  readonly pcm: Float32Array;
  readonly index: number;
  readonly voicing: number;
}

/** Inside of the suppressor. */
interface Waiting extends Arrived {
  /** It has left the gate already. */
  readonly isLead: boolean;
}

/** From this probability on a window may belong to speech. Game sound alone reaches it in one window of fifty. */
const OPEN_AT = 0.1;
/** Windows before the first of speech that are cleaned as well: soft consonants, and for the suppressor to settle. */
const LEAD_WINDOWS = 10;
/** Windows after the last: more than a pause between words. */
const HANG_WINDOWS = 10;

/**
 * Suppresses noise only where somebody may speak, since that costs six times as much as to find out. A window counts as
 * speech as far as the detector takes it for speech both as it came and cleaned: suppression makes sounds of a game alike to
 * a voice, and noise makes a voice seem to go on. Measured against detection on cleaned sound alone, on 60 s of game sound
 * and 25 commands in it: no turn begun by the game instead of 6, and ends found 100 ms later at most in nine of ten rather
 * than 700 (game 10 dB below the voice).
 */
export class SpeechGate {
  readonly #raw: VoiceActivityDetector;
  readonly #cleaned: VoiceActivityDetector;
  readonly #clean = new SampleQueue();
  #lead: Arrived[] = [];
  #waiting: Waiting[] = [];
  /** The lead, cleaned, until the first window after it is. */
  #before: Float32Array[] = [];
  /** Of a suppressor that is no more: they leave as they came. */
  #overdue: GatedWindow[] = [];
  #index = 0;
  /** Windows for which it stays open; 0 = closed. */
  #openFor = 0;
  #toSkip = 0;

  constructor(
    detector: () => VoiceActivityDetector,
    private noise: NoiseSuppressor | null,
  ) {
    this.#raw = detector();
    this.#cleaned = detector();
  }

  /** @param window 512 samples of 16 kHz; kept, and given out again where it is not cleaned */
  async push(window: Float32Array): Promise<GateOutcome> {
    const voicing = await this.#raw.detect(window);
    const arrived: Arrived = { pcm: window, index: this.#index++, voicing };
    const windows = [...this.#overdue, ...(await this.#pass(arrived))];
    this.#overdue = [];
    this.#lead = [...this.#lead.slice(1 - LEAD_WINDOWS), arrived];
    return { voicing, windows };
  }

  /** Another suppressor from the next window on; null = none. The one before is closed. */
  suppressWith(noise: NoiseSuppressor | null): void {
    this.noise?.close();
    this.noise = noise;
    this.#overdue.push(...this.#waiting.filter(({ isLead }) => !isLead).map(asItCame));
    this.#close();
  }

  /** Begins anew. */
  reset(): void {
    this.#close();
    this.#lead = [];
    this.#overdue = [];
    this.#index = 0;
    this.#raw.reset();
  }

  close(): void {
    for (const stage of [this.noise, this.#raw, this.#cleaned]) stage?.close();
  }

  async #pass(arrived: Arrived): Promise<GatedWindow[]> {
    if (!this.noise) return [asItCame(arrived)];
    const wasOpen = this.#openFor > 0;
    this.#openFor = arrived.voicing >= OPEN_AT ? HANG_WINDOWS + 1 : Math.max(0, this.#openFor - 1);
    if (this.#openFor === 0) return wasOpen ? this.#last(this.noise, arrived) : [asItCame(arrived)];
    if (!wasOpen) this.#open(this.noise);
    const lead = wasOpen ? [] : this.#lead.map((each) => ({ ...each, isLead: true }));
    return this.#suppress(this.noise, [...lead, { ...arrived, isLead: false }]);
  }

  /** Closes: what is still inside of the suppressor comes out before the window that needs it no more. */
  async #last(noise: NoiseSuppressor, arrived: Arrived): Promise<GatedWindow[]> {
    const out = await this.#suppress(noise, [{ ...arrived, isLead: false }]);
    this.#close();
    return [...out.filter(({ index }) => index !== arrived.index), asItCame(arrived)];
  }

  #open(noise: NoiseSuppressor): void {
    noise.reset();
    this.#cleaned.reset();
    this.#toSkip = (noise.latencyMs * VOICE_WINDOW_SAMPLES) / 32;
  }

  #close(): void {
    this.#openFor = 0;
    this.#waiting = [];
    this.#before = [];
    this.#clean.clear();
  }

  async #suppress(noise: NoiseSuppressor, windows: readonly Waiting[]): Promise<GatedWindow[]> {
    for (const window of windows) {
      this.#waiting.push(window);
      this.#clean.push(noise.push(window.pcm));
    }
    this.#toSkip -= this.#clean.skip(this.#toSkip);
    const out: GatedWindow[] = [];
    for (let pcm = this.#clean.take(VOICE_WINDOW_SAMPLES); pcm; pcm = this.#clean.take(VOICE_WINDOW_SAMPLES)) {
      const probability = await this.#cleaned.detect(pcm);
      const of = this.#waiting.shift();
      if (!of) break;
      if (of.isLead) this.#before.push(pcm);
      else {
        out.push({ pcm, speechProbability: Math.min(of.voicing, probability), index: of.index, before: this.#before });
        this.#before = [];
      }
    }
    return out;
  }
}

const asItCame = ({ pcm, index, voicing }: Arrived): GatedWindow => ({
  pcm,
  speechProbability: voicing,
  index,
  before: [],
});
