/** Mono sound. */
interface Sound {
  readonly pcm: Float32Array;
  readonly sampleRateHz: number;
}

/** A piece of speech that was sent to be played. */
interface Piece {
  readonly text: string;
  readonly durationMs: number;
  /** null = it is words alone. */
  readonly sound: Sound | null;
}

/** What was being said when it was stopped. */
export interface StoppedSpeech {
  readonly id: string;
  readonly playedMs: number;
  /** The words that were heard; where a piece was cut, as many of them as its time. */
  readonly heardText: string;
  /** Whether any of it was left to hear. */
  readonly wasCut: boolean;
}

/**
 * What a client is playing: a model of its player that runs on our clock from the moment a piece is sent, and is set
 * right by what the client reports. Pieces that come late leave a gap, in which the position stands still.
 */
export class Playback {
  #id: string | null = null;
  #pieces: Piece[] = [];
  #totalMs = 0;
  /** The position at a moment from which on it runs. */
  #anchor = { atMs: 0, positionMs: 0 };
  #isPaused = false;
  #isComplete = false;

  /** Of the speech under way; null when there is none. */
  get id(): string | null {
    return this.#id;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  begin(id: string, nowMs: number): void {
    this.#id = id;
    this.#pieces = [];
    this.#totalMs = 0;
    this.#anchor = { atMs: nowMs, positionMs: 0 };
    this.#isPaused = false;
    this.#isComplete = false;
  }

  add(piece: Piece, nowMs: number): void {
    this.#anchor = { atMs: nowMs, positionMs: this.positionMs(nowMs) };
    this.#pieces.push(piece);
    this.#totalMs += piece.durationMs;
  }

  /** No more pieces come. */
  complete(): void {
    this.#isComplete = true;
  }

  /** How far the client says it is. Reports about other speech are late and mean nothing. */
  report(id: string, playedMs: number, nowMs: number): void {
    if (id !== this.#id) return;
    this.#anchor = { atMs: nowMs, positionMs: Math.min(Math.max(0, playedMs), this.#totalMs) };
  }

  /** How much of what was sent has been played. */
  positionMs(nowMs: number): number {
    const runMs = this.#isPaused ? 0 : nowMs - this.#anchor.atMs;
    return Math.min(this.#totalMs, this.#anchor.positionMs + Math.max(0, runMs));
  }

  /** How long it goes on from now; null = nobody knows, since more pieces may come or it is paused. */
  leftMs(nowMs: number): number | null {
    if (this.#id === null) return 0;
    return this.#isComplete && !this.#isPaused ? this.#totalMs - this.positionMs(nowMs) : null;
  }

  /** Whether something is sounding at this moment, or waits to go on. */
  isActive(nowMs: number): boolean {
    if (this.#id === null) return false;
    return !this.#isComplete || this.#isPaused || this.positionMs(nowMs) < this.#totalMs;
  }

  /** Whether sound comes out at this moment. */
  isSounding(nowMs: number): boolean {
    return this.#id !== null && !this.#isPaused && this.positionMs(nowMs) < this.#totalMs;
  }

  /** Stands still from now on; returns where. */
  pause(nowMs: number): number {
    const positionMs = this.positionMs(nowMs);
    this.#anchor = { atMs: nowMs, positionMs };
    this.#isPaused = true;
    return positionMs;
  }

  /** Goes on; returns from where. */
  resume(nowMs: number): number {
    this.#anchor = { atMs: nowMs, positionMs: this.#anchor.positionMs };
    this.#isPaused = false;
    return this.#anchor.positionMs;
  }

  /** The sound that is left to play where it stands or goes on. */
  rest(): Sound[] {
    let startMs = 0;
    const rest: Sound[] = [];
    for (const { durationMs, sound } of this.#pieces) {
      const leftOutMs = Math.max(0, this.#anchor.positionMs - startMs);
      startMs += durationMs;
      if (!sound || leftOutMs >= durationMs) continue;
      const from = Math.round((leftOutMs / 1000) * sound.sampleRateHz);
      rest.push({ ...sound, pcm: sound.pcm.subarray(from) });
    }
    return rest;
  }

  /** Ends it; null when nothing was under way. */
  stop(nowMs: number): StoppedSpeech | null {
    const id = this.#id;
    if (id === null) return null;
    const playedMs = this.positionMs(nowMs);
    const wasCut = !this.#isComplete || playedMs < this.#totalMs;
    const stopped = { id, playedMs, heardText: this.#heard(playedMs), wasCut };
    this.#id = null;
    this.#isPaused = false;
    return stopped;
  }

  #heard(playedMs: number): string {
    const heard: string[] = [];
    let startMs = 0;
    for (const { text, durationMs } of this.#pieces) {
      const share = durationMs === 0 ? 1 : (playedMs - startMs) / durationMs;
      if (share <= 0) break;
      const words = text.split(' ');
      heard.push(share >= 1 ? text : words.slice(0, Math.floor(words.length * share)).join(' '));
      startMs += durationMs;
    }
    return heard.join(' ').trim();
  }
}
