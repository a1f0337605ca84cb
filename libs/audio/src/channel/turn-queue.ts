import { AppError } from '@jiga/contracts';

/** Turns that wait to be understood and answered. */
const TURNS_MAX = 4;

/** What was said, one after the other: an answer may depend on what was said before. */
export class TurnQueue {
  #waiting = 0;
  #work: Promise<void> = Promise.resolve();

  /** @param onFailed told of a turn that failed, or that could no longer wait (`audio_overloaded`) */
  constructor(private readonly onFailed: (error: unknown, echo: object) => void) {}

  get isEmpty(): boolean {
    return this.#waiting === 0;
  }

  /**
   * Resolves when the turn is done with, however it ended.
   * @param echo what a failure of this turn carries
   */
  async add(task: () => Promise<void>, echo: object): Promise<void> {
    if (this.#waiting >= TURNS_MAX) {
      const error = new AppError('audio_overloaded', 'Too much was said at once; this was left out.');
      return this.onFailed(error, echo);
    }
    this.#waiting++;
    this.#work = this.#work
      .then(task)
      .catch((error: unknown) => this.onFailed(error, echo))
      .finally(() => this.#waiting--);
    await this.#work;
  }
}
