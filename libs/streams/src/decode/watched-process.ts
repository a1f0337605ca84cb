import type { CancelTimer, Clock } from '@jiga/contracts';

import { StreamError } from '../stream-error.js';
import { DecoderProcess, type ProcessEvents } from './decoder-process.js';

/** Nothing decoded within this after a segment was given: the program hangs. */
const HANG_MS = 10_000;
/** For what it still has when its input ends. */
const FINISH_MS = 3_000;

/** One ffmpeg under watch: it is ended when it hangs, and tells why it serves no more. */
export class WatchedProcess {
  readonly #process: DecoderProcess;
  #cancelHang: CancelTimer = () => undefined;
  #isEnding = false;
  #failure: StreamError | null = null;

  constructor(
    ffmpegPath: string,
    private readonly clock: Clock,
    args: readonly string[],
    hasSound: boolean,
    events: Pick<ProcessEvents, 'picture' | 'sound' | 'complaint'>,
  ) {
    this.#process = new DecoderProcess(ffmpegPath, args, hasSound, {
      ...events,
      lacks: () => undefined,
      exit: (wasClean, wasMissing) => this.#noteExit(wasClean, wasMissing),
    });
  }

  /** Why nothing more can be given to it; null while it works. */
  get failure(): StreamError | null {
    return this.#failure;
  }

  /** Something must come out of it from now on. */
  watchForHang(): void {
    this.calm();
    this.#cancelHang = this.clock.after(HANG_MS, () => void this.#process.kill());
  }

  /** Something came. */
  calm(): void {
    this.#cancelHang();
  }

  /** Rejects with `decoder_unavailable` when there is no such program. */
  async write(bytes: Buffer): Promise<void> {
    await this.#process.write(bytes);
    if (this.#failure?.code === 'decoder_unavailable') throw this.#failure;
  }

  async finish(): Promise<void> {
    this.#isEnding = true;
    this.calm();
    const cancel = this.clock.after(FINISH_MS, () => void this.#process.kill());
    await this.#process.end();
    cancel();
  }

  async kill(): Promise<void> {
    this.#isEnding = true;
    this.calm();
    await this.#process.kill();
  }

  #noteExit(wasClean: boolean, wasMissing: boolean): void {
    this.calm();
    if (wasMissing) this.#failure = new StreamError('decoder_unavailable');
    else if (!this.#isEnding || !wasClean) this.#failure = new StreamError('decoder_failed');
  }
}
