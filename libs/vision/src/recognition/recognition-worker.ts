import { Worker } from 'node:worker_threads';
import { AppError } from '@jiga/contracts';
import type { CancelTimer, Clock } from '@jiga/contracts';
import { FairQueue, endThread } from '@jiga/platform';
import type { RecognitionPort } from './recognition.port.js';
import type { RecognitionJob, RecognitionResult, WorkerReply, WorkerRequest } from './worker.messages.js';

interface Waiting {
  readonly id: number;
  readonly job: RecognitionJob;
  readonly resolve: (result: RecognitionResult) => void;
  readonly reject: (error: AppError) => void;
}

export interface RecognitionWorkerOptions {
  readonly clock: Clock;
  /** File of the worker; the built one by default. */
  readonly url?: URL;
  /** Jobs that may wait for the thread; one more is refused. */
  readonly maxWaiting?: number;
  /** A job that takes longer means the thread hangs: it is ended and started anew. Covers loading the models. */
  readonly jobTimeoutMs?: number;
}

const MAX_WAITING = 64;
const JOB_TIMEOUT_MS = 20_000;
/** Wait before a thread that nobody needs at the moment is started anew; it doubles with each failure in a row. */
const FIRST_REVIVAL_MS = 500;
const LAST_REVIVAL_MS = 30_000;

/** What a job is taken to need before one was seen; and at most, when the next one's wait is estimated. */
const FIRST_JOB_MS = 30;
const SLOWEST_JOB_MS = 200;
/** How much the newest job counts in that. */
const NEWEST_PART = 0.2;

/** In tests the sources are run as they are, but a worker needs the build, which keeps the same folders below dist/. */
function workerUrl(): URL {
  const here = import.meta.url;
  if (here.endsWith('.js')) return new URL('./recognition.worker.js', here);
  return new URL(here.replace(/\/libs\/vision\/.*$/, '/dist/libs/vision/src/recognition/recognition.worker.js'));
}

/**
 * The heavy stage in a worker thread of its own, shared by all sessions. The thread starts when it is first needed. When it
 * dies, the job under way fails, the waiting ones go on in a new thread.
 */
export class RecognitionWorker implements RecognitionPort {
  private worker: Worker | null = null;
  private readonly waiting = new FairQueue<Waiting>();
  private current: Waiting | null = null;
  private timeout: CancelTimer | null = null;
  private revival: CancelTimer | null = null;
  /** How often the thread died or hung since it last said anything. */
  private failures = 0;
  private nextId = 1;
  private closed = false;
  private startedAtMs = 0;
  /** What a job takes, of late. Milliseconds. */
  private jobMs = FIRST_JOB_MS;

  constructor(private readonly options: RecognitionWorkerOptions) {}

  /** Why pictures are not read, for the operator; null = nothing is known to be wrong. */
  get problem(): string | null {
    return this.failures === 0 ? null : 'the thread that reads pictures died or hung, and has not answered since';
  }

  waitMs(): number {
    return (this.waiting.size + (this.current ? 1 : 0)) * this.jobMs;
  }

  /** Starts the thread, which loads its models (about a second). */
  prepare(): void {
    if (!this.closed) this.worker ??= this.start();
  }

  analyse(job: RecognitionJob): Promise<RecognitionResult> {
    if (this.closed) return Promise.reject(new AppError('session_closed'));
    if (this.waiting.size >= (this.options.maxWaiting ?? MAX_WAITING)) {
      return Promise.reject(new AppError('vision_failed', 'Too many frames wait for recognition'));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push(job.sessionId, { id: this.nextId++, job, resolve, reject });
      this.next();
    });
  }

  forget(sessionId: string): void {
    for (const entry of this.waiting.removeOwner(sessionId)) entry.reject(new AppError('session_closed'));
    // The thread goes on with a job under way; its result is only no longer wanted.
    if (this.current?.job.sessionId === sessionId) this.current.reject(new AppError('session_closed'));
    this.send({ type: 'forget', sessionId });
  }

  /** Resolves when the thread is gone, after the job under way. */
  async close(): Promise<void> {
    this.closed = true;
    this.revival?.();
    const open = [...this.waiting.clear(), ...(this.current ? [this.current] : [])];
    this.finish();
    for (const entry of open) entry.reject(new AppError('session_closed'));
    const { worker } = this;
    this.worker = null;
    if (worker) await endThread(worker, this.options.clock);
  }

  private next(): void {
    if (this.current || this.closed) return;
    const entry = this.waiting.take();
    if (!entry) return;
    this.current = entry;
    this.startedAtMs = this.options.clock.monotonicMs();
    const worker = (this.worker ??= this.start());
    worker.ref();
    this.timeout = this.options.clock.after(this.options.jobTimeoutMs ?? JOB_TIMEOUT_MS, () => this.restart(worker));
    // A copy in memory of its own: bytes of a pooled buffer cannot change their owner.
    const bytes = new Uint8Array(entry.job.bytes);
    worker.postMessage({ type: 'analyse', id: entry.id, job: { ...entry.job, bytes } }, [bytes.buffer]);
  }

  private send(request: WorkerRequest): void {
    this.worker?.postMessage(request);
  }

  private start(): Worker {
    const worker = new Worker(this.options.url ?? workerUrl());
    // The thread alone must not keep the process alive; a job under way does.
    worker.unref();
    worker.on('message', (message: WorkerReply) => this.take(worker, message));
    worker.on('error', () => this.restart(worker));
    worker.on('exit', () => this.restart(worker));
    return worker;
  }

  private take(worker: Worker, message: WorkerReply): void {
    if (worker === this.worker) this.failures = 0;
    const entry = this.current;
    if (worker !== this.worker || message.type === 'ready' || message.id !== entry?.id) return;
    this.noteTime();
    this.finish();
    if (message.type === 'done') entry.resolve(message.result);
    else entry.reject(new AppError(message.damaged ? 'invalid_image' : 'vision_failed', undefined, { cause: message }));
    this.next();
  }

  /** A single slow job, such as the one that waited for the models, says little of the next. */
  private noteTime(): void {
    const tookMs = Math.min(SLOWEST_JOB_MS, this.options.clock.monotonicMs() - this.startedAtMs);
    this.jobMs += (tookMs - this.jobMs) * NEWEST_PART;
  }

  /** The thread died or hangs: its job fails, the next job starts a new thread. */
  private restart(worker: Worker): void {
    if (worker !== this.worker) return;
    this.worker = null;
    this.failures += 1;
    const entry = this.current;
    this.finish();
    entry?.reject(new AppError('vision_failed'));
    void endThread(worker, this.options.clock);
    this.next();
    if (!this.worker) this.reviveLater();
  }

  /** A server that is not ready gets no work that would start the thread: it must come back by itself. */
  private reviveLater(): void {
    const delayMs = Math.min(FIRST_REVIVAL_MS * 2 ** (this.failures - 1), LAST_REVIVAL_MS);
    this.revival?.();
    this.revival = this.options.clock.after(delayMs, () => this.prepare());
  }

  private finish(): void {
    this.current = null;
    this.timeout?.();
    this.timeout = null;
    this.worker?.unref();
  }
}
