/** 10 ms at 16 kHz. */
const FRAME = 160;
/** The sound is looked at with a fourth of its rate: enough for speech. */
const DECIMATION = 4;
const RATE_HZ = 16_000 / DECIMATION;
/** What is compared at once. */
const WINDOW = 0.64 * RATE_HZ;
/** The longest way from our sound through a client's buffers, its loudspeaker and its microphone back to us. */
const LAGS = 0.512 * RATE_HZ;
/** Loudness, as a root mean square of 10 ms, from which on something is played. */
const PLAYED = 0.003;
/**
 * From this correlation on, the microphone hears what is played. The echo of a room has 0.45 to 0.6; somebody who speaks at
 * the same time has 0.15, and 0.27 at most even with the very voice that is played.
 */
const ECHO = 0.38;
/** Takes the deep tones down, in which all voices are alike. */
const EMPHASIS = 0.9;
/** Product of the energies of two windows below which there is nothing to compare. */
const ENERGY_MIN = 1e-12;
/** Of the loudness of what is played: an echo as soft as that is none. */
const SILENT = 0.03;
/** One so much softer still is not even looked for. */
const INAUDIBLE = 0.003;
/** Windows of something played into silence that show that an echo that was there is there no more. */
const WINDOWS_WITHOUT = 2;
/**
 * Where none was found yet, it is enough that the microphone was silent for as long as sound takes to come back, and as long
 * before. Frames of 10 ms; a client's buffers and a loudspeaker without wires take 0.35 s.
 */
const WAY_FRAMES = 40;
/** Loudness from which on what is played would be heard for sure. */
const CLEARLY_PLAYED = 0.02;

/**
 * Finds out whether the microphone hears what is played. With headphones it does not, and a canceller that looks for an echo
 * that is not there takes the player's own voice for one. Echo is assumed until something was played for 0.4 s
 * and the microphone stayed silent, for a whole one where an echo had been; it is found by its likeness with what was played,
 * at any delay up to half a second.
 * About 10 ms of processor time per second of something played into a microphone that is not silent.
 */
export class EchoWatch {
  readonly #mic = new Float32Array(WINDOW);
  readonly #far = new Float32Array(WINDOW + LAGS);
  #playedFrames = 0;
  #frames = 0;
  #micPeak = 0;
  #farPeak = 0;
  #without = 0;
  #hasEcho = true;
  /** Whether an echo is only assumed. */
  #isAssumed = true;
  /** Loudness of the last frames, the oldest first. */
  readonly #micLevels = new Float32Array(2 * WAY_FRAMES);
  readonly #farLevels = new Float32Array(2 * WAY_FRAMES);

  get hasEcho(): boolean {
    return this.#hasEcho;
  }

  /** 10 ms at 16 kHz, mono; `far` is what was played meanwhile, null = nothing. */
  push(mic: Float32Array, far: Float32Array | null): void {
    append(this.#mic, mic);
    append(this.#far, far);
    const heard = rms(mic);
    const loudness = far ? rms(far) : 0;
    shift(this.#micLevels, heard);
    shift(this.#farLevels, loudness);
    if (this.#isAssumed && this.#cameNothingBack()) this.#settle(false);
    this.#micPeak = Math.max(this.#micPeak, heard);
    this.#farPeak = Math.max(this.#farPeak, loudness);
    this.#playedFrames += Number(loudness > PLAYED);
    if (++this.#frames * mic.length < WINDOW * DECIMATION) return;
    if (this.#playedFrames * 2 >= this.#frames) this.#compare();
    [this.#frames, this.#playedFrames, this.#micPeak, this.#farPeak] = [0, 0, 0, 0];
  }

  reset(): void {
    for (const history of [this.#mic, this.#far, this.#micLevels, this.#farLevels]) history.fill(0);
    [this.#frames, this.#playedFrames, this.#micPeak, this.#farPeak, this.#without] = [0, 0, 0, 0, 0];
    this.#hasEcho = true;
    this.#isAssumed = true;
  }

  /** It is known now, until something else is found. */
  #settle(hasEcho: boolean): void {
    this.#hasEcho = hasEcho;
    this.#isAssumed = false;
  }

  /** Whether something was played clearly and, as long as it may take to come back, the microphone was silent. */
  #cameNothingBack(): boolean {
    const played = Math.max(...this.#farLevels.subarray(0, WAY_FRAMES));
    return played >= CLEARLY_PLAYED && Math.max(...this.#micLevels) < SILENT * played;
  }

  #compare(): void {
    const part = this.#micPeak / this.#farPeak;
    const isEcho = part >= INAUDIBLE && this.#likeness() >= ECHO;
    if (isEcho) this.#settle(true);
    const isSilent = part < SILENT && !isEcho;
    this.#without = isSilent ? this.#without + 1 : 0;
    if (this.#without >= WINDOWS_WITHOUT) this.#settle(false);
  }

  /** The highest correlation of the microphone with what was played before, 0–1. */
  #likeness(): number {
    const mic = this.#mic;
    const far = this.#far;
    const micEnergy = energy(mic, 0);
    // Of the part of `far` that is compared; moved on by a sample at a time.
    let farEnergy = energy(far, 0);
    let best = 0;
    for (let at = 0; at <= LAGS; at++) {
      let product = 0;
      for (let i = 0; i < WINDOW; i++) product += (mic[i] ?? 0) * (far[at + i] ?? 0);
      const energies = farEnergy * micEnergy;
      if (energies > ENERGY_MIN) best = Math.max(best, product ** 2 / energies);
      farEnergy += (far[at + WINDOW] ?? 0) ** 2 - (far[at] ?? 0) ** 2;
    }
    return Math.sqrt(best);
  }
}

const energy = (pcm: Float32Array, from: number): number => sumOfSquares(pcm.subarray(from, from + WINDOW));
const rms = (pcm: Float32Array): number => Math.sqrt(sumOfSquares(pcm) / Math.max(1, pcm.length));

function sumOfSquares(pcm: Float32Array): number {
  let sum = 0;
  for (const value of pcm) sum += value * value;
  return sum;
}

/** Moves a history on by a value. */
function shift(history: Float32Array, value: number): void {
  history.copyWithin(0, 1);
  history[history.length - 1] = value;
}

/** Moves a history on by a frame, each four samples as their mean, with its high tones lifted. */
function append(history: Float32Array, frame: Float32Array | null): void {
  const count = FRAME / DECIMATION;
  history.copyWithin(0, count);
  let before = 0;
  for (let i = 0; i < count; i++) {
    let mean = 0;
    for (let k = 0; k < DECIMATION; k++) mean += (frame?.[i * DECIMATION + k] ?? 0) / DECIMATION;
    history[history.length - count + i] = i === 0 ? 0 : mean - EMPHASIS * before;
    before = mean;
  }
}
