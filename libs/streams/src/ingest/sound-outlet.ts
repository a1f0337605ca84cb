import type { StreamSound } from '../stream-ingest.port.js';

/** Chunks of up to some tenths of a second that may wait for whoever listens. */
const CAPACITY = 64;

/** Hands sound over piece by piece; drops the oldest when too much waits. */
export class SoundOutlet {
  readonly #queue: StreamSound[] = [];
  #isBusy = false;
  #isClosed = false;

  constructor(
    private readonly deliver: (sound: StreamSound) => void | Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  push(sound: StreamSound): void {
    if (this.#isClosed) return;
    this.#queue.push(sound);
    if (this.#queue.length > CAPACITY) this.#queue.shift();
    if (!this.#isBusy) void this.#pump();
  }

  close(): void {
    this.#isClosed = true;
    this.#queue.length = 0;
  }

  async #pump(): Promise<void> {
    this.#isBusy = true;
    for (let sound = this.#queue.shift(); sound; sound = this.#queue.shift()) {
      try {
        await this.deliver(sound);
      } catch (error) {
        this.onError(error);
      }
    }
    this.#isBusy = false;
  }
}
