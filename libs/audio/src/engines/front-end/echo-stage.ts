import { EchoWatch } from './echo-watch.js';
import { SampleQueue } from './sample-queue.js';
import type { EchoCanceller } from './stages.js';

/** 10 ms at 16 kHz: what a canceller takes at once. */
const FRAME = 160;
/** Played sound is heard for so long after it: the way through loudspeaker, room and microphone, and the room's echo. */
const TAIL_SAMPLES = 16_000 * 0.5;
/** What of the sound to be played is kept; more than anybody says at once. */
const MAX_FAR_SAMPLES = 16_000 * 120;

/**
 * Takes what is played out of what is heard. Without a canceller it is a gate: nothing is heard while something is played.
 * Sound passes untouched while nothing was played for a while, which is free of cost, and where the microphone does not hear
 * what is played.
 */
export class EchoStage {
  readonly #far = new SampleQueue();
  readonly #near = new SampleQueue();
  readonly #done = new SampleQueue();
  readonly #watch = new EchoWatch();
  #sinceFar = Infinity;

  constructor(private readonly canceller: EchoCanceller | null) {
    this.#done.pushSilence(FRAME);
  }

  /** 16 kHz mono, to be heard from the next captured sample on, after what waits. */
  play(pcm: Float32Array): void {
    this.#far.push(pcm.subarray(0, Math.max(0, MAX_FAR_SAMPLES - this.#far.length)));
  }

  stopPlaying(): void {
    this.#far.clear();
  }

  /** As many samples out as in, 10 ms later. */
  push(pcm: Float32Array): Float32Array {
    this.#near.push(pcm);
    for (let frame = this.#near.take(FRAME); frame; frame = this.#near.take(FRAME)) {
      this.#process(frame);
      this.#done.push(frame);
    }
    return this.#done.take(pcm.length) ?? new Float32Array(pcm.length);
  }

  /** Whether what was played is being taken out just now. */
  get isCancelling(): boolean {
    return this.#sinceFar <= TAIL_SAMPLES && this.#watch.hasEcho;
  }

  get latencySamples(): number {
    return FRAME;
  }

  reset(): void {
    for (const queue of [this.#far, this.#near, this.#done]) queue.clear();
    this.#done.pushSilence(FRAME);
    this.#sinceFar = Infinity;
    this.#watch.reset();
    this.canceller?.reset();
  }

  close(): void {
    this.canceller?.close();
  }

  #process(frame: Float32Array): void {
    const far = this.#takeFar();
    this.#sinceFar = far ? 0 : this.#sinceFar + FRAME;
    if (this.#sinceFar > TAIL_SAMPLES) return;
    this.#watch.push(frame, far);
    if (!this.#watch.hasEcho) return;
    if (!this.canceller) {
      frame.fill(0);
      return;
    }
    this.canceller.processRender(far ?? new Float32Array(FRAME));
    this.canceller.processCapture(frame);
  }

  #takeFar(): Float32Array | null {
    if (this.#far.length === 0) return null;
    if (this.#far.length < FRAME) this.#far.pushSilence(FRAME - this.#far.length);
    return this.#far.take(FRAME);
  }
}
