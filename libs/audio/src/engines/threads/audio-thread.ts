import { AppError } from '@jiga/contracts';
import type { CancelTimer, Clock } from '@jiga/contracts';

import type { AudioThreadData, ThreadFailure, ThreadReply, ThreadRequest } from './messages.js';
import { startThread, type Runner, type StartRunner } from './runner.js';

export interface AudioThreadOptions {
  readonly clock: Clock;
  readonly data: AudioThreadData;
  /** Calls that may wait beside those given to the thread; one more is refused with `audio_overloaded`. */
  readonly maxWaiting: number;
  /** Calls that the thread is given at once: the others can still be taken back. */
  readonly maxUnderWay: number;
  /** No answer for so long, loading included, while something is under way: the thread hangs and is started anew. */
  readonly hangMs?: number;
  /** Unused for so long, the thread ends and its memory is free again. */
  readonly idleMs?: number;
  /** A worker thread by default. */
  readonly start?: StartRunner;
}

interface Call {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
  readonly transfer: readonly ArrayBuffer[];
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Ends the watch on the caller's signal. */
  readonly forget: () => void;
}

const HANG_MS = 20_000;
const IDLE_MS = 120_000;

/**
 * A worker thread for engines that block. It starts with the first call, ends when unused for long, and is started anew when
 * it dies or hangs: what was under way fails with `audio_failed`, what waits goes on.
 */
export class AudioThread {
  readonly #waiting: Call[] = [];
  readonly #underWay = new Map<number, Call>();
  // The thread alone must not keep the process alive; a call under way does.
  #runner: Runner | null = null;
  #hang: CancelTimer | null = null;
  #idle: CancelTimer | null = null;
  #holders = 0;
  #nextId = 1;
  #closed = false;

  constructor(private readonly options: AudioThreadOptions) {}

  get isRunning(): boolean {
    return this.#runner !== null;
  }

  /** Rejects with an AppError, or the signal's reason. `transfer` may not be used by the caller any more. */
  call<T>(method: string, argument: unknown, signal?: AbortSignal, transfer: readonly ArrayBuffer[] = []): Promise<T> {
    if (this.#closed) return Promise.reject(new AppError('session_closed'));
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (this.#waiting.length >= this.options.maxWaiting) return Promise.reject(new AppError('audio_overloaded'));
    return new Promise<unknown>((resolve, reject) => {
      const id = this.#nextId++;
      const abort = (): void => this.#cancel(id, signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      const forget = (): void => signal?.removeEventListener('abort', abort);
      this.#waiting.push({ id, method, argument, transfer, resolve, reject, forget });
      this.#next();
    }) as Promise<T>;
  }

  /** In order with the calls, without an answer; nothing when the thread does not run, since it has no state then. */
  send(method: string, argument: unknown, transfer: readonly ArrayBuffer[] = []): void {
    this.#post({ type: 'do', id: null, method, argument }, transfer);
  }

  /** Keeps the thread although it is unused, until {@link release}. */
  hold(): void {
    this.#holders += 1;
    this.#idle?.();
  }

  release(): void {
    this.#holders -= 1;
    this.#watchIdle();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#idle?.();
    const open = [...this.#underWay.values(), ...this.#waiting.splice(0)];
    await this.#end();
    for (const call of open) settle(call, () => call.reject(new AppError('session_closed')));
  }

  #next(): void {
    while (this.#waiting.length > 0 && this.#underWay.size < this.options.maxUnderWay) {
      const call = this.#waiting.shift();
      if (!call) return;
      this.#idle?.();
      const { id, method, argument, transfer } = call;
      this.#runner ??= this.#start();
      if (this.#underWay.size === 0) {
        this.#runner.keepAlive(true);
        this.#watchHang();
      }
      this.#underWay.set(id, call);
      this.#post({ type: 'do', id, method, argument }, transfer);
    }
  }

  #post(request: ThreadRequest, transfer: readonly ArrayBuffer[] = []): void {
    this.#runner?.post(request, transfer);
  }

  #start(): Runner {
    const start = this.options.start ?? startThread;
    const runner = start(this.options.data, {
      reply: (reply) => this.#take(runner, reply),
      lost: (cause) => this.#lost(runner, cause),
    });
    return runner;
  }

  #take(runner: Runner, reply: ThreadReply): void {
    const call = this.#underWay.get(reply.id);
    if (runner !== this.#runner) return;
    this.#underWay.delete(reply.id);
    if (call && reply.type === 'done') settle(call, () => call.resolve(reply.value));
    if (call && reply.type === 'failed') settle(call, () => call.reject(failureOf(reply.failure)));
    this.#next();
    if (this.#underWay.size > 0) this.#watchHang();
    else this.#rest();
  }

  #cancel(id: number, reason: unknown): void {
    const waiting = this.#waiting.findIndex((call) => call.id === id);
    const call = this.#underWay.get(id) ?? this.#waiting[waiting];
    if (waiting >= 0) this.#waiting.splice(waiting, 1);
    else this.#post({ type: 'cancel', id });
    // One that is under way keeps its place until the thread is through with it; only nobody waits for it any more.
    if (call) settle(call, () => call.reject(reason));
  }

  #lost(runner: Runner, cause: unknown): void {
    if (runner !== this.#runner) return;
    const failed = [...this.#underWay.values()];
    void this.#end();
    for (const call of failed) settle(call, () => call.reject(new AppError('audio_failed', undefined, { cause })));
    this.#next();
  }

  async #end(): Promise<void> {
    const runner = this.#runner;
    this.#runner = null;
    this.#underWay.clear();
    this.#hang?.();
    await runner?.end();
  }

  #rest(): void {
    this.#hang?.();
    this.#runner?.keepAlive(false);
    this.#watchIdle();
  }

  #watchHang(): void {
    this.#hang?.();
    const runner = this.#runner;
    this.#hang = this.options.clock.after(this.options.hangMs ?? HANG_MS, () => {
      if (runner) this.#lost(runner, new Error('The thread hung'));
    });
  }

  #watchIdle(): void {
    this.#idle?.();
    if (this.#holders > 0 || this.#underWay.size > 0 || !this.#runner) return;
    this.#idle = this.options.clock.after(this.options.idleMs ?? IDLE_MS, () => void this.#end());
  }
}

function settle(call: Call, act: () => void): void {
  call.forget();
  act();
}

function failureOf({ code, message, details }: ThreadFailure): AppError {
  if (code === null) return new AppError('audio_failed', undefined, { cause: new Error(message) });
  return new AppError(code, message, details ? { details } : {});
}
