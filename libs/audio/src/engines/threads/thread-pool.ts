import { AppError } from '@jiga/contracts';
import type { CancelTimer, Clock } from '@jiga/contracts';

import type { AudioThread } from './audio-thread.js';

export interface ThreadPoolOptions {
  readonly clock: Clock;
  /** One at least. */
  readonly threads: readonly AudioThread[];
  /** Jobs that may wait; one more is refused. */
  readonly maxWaiting: number;
  /** A job that would wait longer is refused at once, one that does is given up: both with `audio_overloaded`. */
  readonly maxWaitMs: number;
}

export interface PoolCall {
  readonly method: string;
  readonly argument: unknown;
  /** What a thread must have ready for it: one that has is preferred. */
  readonly key: string;
  readonly signal?: AbortSignal | undefined;
  /** May not be used by the caller any more. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Told how long the job waited, when its turn has come; milliseconds. */
  readonly onWaited?: ((ms: number) => void) | undefined;
}

interface Job extends PoolCall {
  readonly sinceMs: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Ends the watches on the caller's signal and on the time. */
  readonly forget: () => void;
}

interface Member {
  readonly thread: AudioThread;
  isBusy: boolean;
  /** What it has ready; null = nothing, or it does not run. */
  key: string | null;
}

/** Weight of the newest duration in the mean. */
const NEWEST = 0.2;

/**
 * Threads that do the same work, one job each at a time. Jobs are given out in the order in which they came. A thread is
 * started when a job finds all others busy; until it is ready, whoever is free first takes what waits.
 */
export class ThreadPool {
  readonly #members: Member[];
  readonly #waiting: Job[] = [];
  #meanMs = 0;

  constructor(private readonly options: ThreadPoolOptions) {
    this.#members = options.threads.map((thread) => ({ thread, isBusy: false, key: null }));
  }

  /** Rejects with an AppError, or the signal's reason. */
  call<T>(call: PoolCall): Promise<T> {
    const { signal } = call;
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (this.#isFull) return Promise.reject(new AppError('audio_overloaded'));
    return new Promise<unknown>((resolve, reject) => {
      const giveUp = (reason: unknown): void => this.#drop(job, reason);
      const abort = (): void => giveUp(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      const { clock, maxWaitMs } = this.options;
      const late: CancelTimer = clock.after(maxWaitMs, () => giveUp(new AppError('audio_overloaded')));
      const forget = (): void => {
        signal?.removeEventListener('abort', abort);
        late();
      };
      const job: Job = { ...call, sinceMs: clock.monotonicMs(), resolve, reject, forget };
      this.#waiting.push(job);
      this.#giveOut();
    }) as Promise<T>;
  }

  /** Whether a running thread has this ready. */
  has(key: string): boolean {
    return this.#members.some((member) => member.thread.isRunning && member.key === key);
  }

  get #isFull(): boolean {
    const { maxWaiting, maxWaitMs } = this.options;
    if (this.#waiting.length >= maxWaiting) return true;
    return (this.#waiting.length * this.#meanMs) / this.#members.length > maxWaitMs;
  }

  #giveOut(): void {
    for (let job = this.#waiting[0]; job; job = this.#waiting[0]) {
      const member = this.#freeFor(job.key);
      if (!member) return this.#startAnother();
      this.#waiting.shift();
      void this.#run(member, job);
    }
  }

  /** One that runs and has it ready, else one that runs, else the first when none does. */
  #freeFor(key: string): Member | undefined {
    const running = this.#members.filter(({ thread }) => thread.isRunning);
    if (running.length === 0) return this.#members.find(({ isBusy }) => !isBusy);
    const free = running.filter(({ isBusy }) => !isBusy);
    return free.find((member) => member.key === key) ?? free[0];
  }

  /** Loads one more thread for what waits. */
  #startAnother(): void {
    const asleep = this.#members.find(({ thread, isBusy }) => !isBusy && !thread.isRunning);
    if (!asleep) return;
    asleep.isBusy = true;
    asleep.key = null;
    asleep.thread
      .call('probe', null)
      .catch(() => {})
      .finally(() => this.#release(asleep));
  }

  async #run(member: Member, job: Job): Promise<void> {
    job.forget();
    const { clock } = this.options;
    const startedAtMs = clock.monotonicMs();
    job.onWaited?.(startedAtMs - job.sinceMs);
    member.isBusy = true;
    member.key = job.key;
    // One whose caller has gone away meanwhile still keeps its thread busy.
    const done = member.thread.call<unknown>(job.method, job.argument, undefined, job.transfer);
    const leave = (): void => job.reject(job.signal?.reason);
    job.signal?.addEventListener('abort', leave, { once: true });
    try {
      job.resolve(await done);
      this.#note(clock.monotonicMs() - startedAtMs);
    } catch (error) {
      member.key = null;
      job.reject(error);
    } finally {
      job.signal?.removeEventListener('abort', leave);
      this.#release(member);
    }
  }

  #release(member: Member): void {
    member.isBusy = false;
    this.#giveOut();
  }

  #note(ms: number): void {
    this.#meanMs = this.#meanMs === 0 ? ms : this.#meanMs + NEWEST * (ms - this.#meanMs);
  }

  #drop(job: Job, reason: unknown): void {
    const at = this.#waiting.indexOf(job);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    job.forget();
    job.reject(reason);
  }
}
