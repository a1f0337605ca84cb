import { unixSeconds } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';

/** What a session heard and said, as the public API shows it. */
export interface VoiceFiguresSnapshot {
  /** Turns of the player that were understood. */
  readonly utterances: number;
  /** Turns that were not. */
  readonly rejected: number;
  readonly seconds_heard: number;
  readonly seconds_spoken: number;
  /** How often what was being said had to stop. */
  readonly interruptions: number;
  /** Unix seconds. */
  readonly last_utterance_at: number | null;
}

export const NO_VOICE: VoiceFiguresSnapshot = {
  utterances: 0,
  rejected: 0,
  seconds_heard: 0,
  seconds_spoken: 0,
  interruptions: 0,
  last_utterance_at: null,
};

export interface VoiceFiguresDeps {
  readonly clock: Clock;
  readonly onOperation: () => void;
  readonly onLatency: (stage: string, ms: number) => void;
}

/** Counts what the voice of a session does. */
export class VoiceFigures {
  #utterances = 0;
  #rejected = 0;
  #secondsHeard = 0;
  #secondsSpoken = 0;
  #interruptions = 0;
  #lastUtteranceAt: number | null = null;

  constructor(private readonly deps: VoiceFiguresDeps) {}

  heard(seconds: number): void {
    this.#secondsHeard += seconds;
  }

  spoken(seconds: number): void {
    this.#secondsSpoken += seconds;
  }

  /** A turn of the player was understood, or was not. */
  utterance(isAccepted: boolean): void {
    this.deps.onOperation();
    if (isAccepted) this.#utterances++;
    else this.#rejected++;
    this.#lastUtteranceAt = unixSeconds(this.deps.clock);
  }

  interruption(): void {
    this.#interruptions++;
  }

  latency(stage: string, ms: number): void {
    this.deps.onLatency(stage, ms);
  }

  snapshot(): VoiceFiguresSnapshot {
    const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;
    return {
      utterances: this.#utterances,
      rejected: this.#rejected,
      seconds_heard: round(this.#secondsHeard),
      seconds_spoken: round(this.#secondsSpoken),
      interruptions: this.#interruptions,
      last_utterance_at: this.#lastUtteranceAt,
    };
  }
}
