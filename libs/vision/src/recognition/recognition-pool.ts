import type { RecognitionPort } from './recognition.port.js';
import { RecognitionWorker } from './recognition-worker.js';
import type { RecognitionWorkerOptions } from './recognition-worker.js';
import type { RecognitionJob, RecognitionResult } from './worker.messages.js';

/** A session's place: the worker that remembers what was read for it. */
interface Place {
  readonly worker: RecognitionWorker;
  readonly index: number;
}

/**
 * Several recognition threads. A session stays with the one that it was first given, since that remembers its regions;
 * a new one goes where the fewest are. Threads beyond the first start when they are needed.
 */
export class RecognitionPool implements RecognitionPort {
  private readonly workers: readonly RecognitionWorker[];
  private readonly places = new Map<string, Place>();
  private readonly sessions: number[];

  /** @param size threads; each takes about 80 MB */
  constructor(size: number, options: RecognitionWorkerOptions) {
    this.workers = Array.from({ length: Math.max(1, size) }, () => new RecognitionWorker(options));
    this.sessions = this.workers.map(() => 0);
  }

  /** The first thread's that has one: its sessions are not read. */
  get problem(): string | null {
    return this.workers.map(({ problem }) => problem).find((problem) => problem !== null) ?? null;
  }

  prepare(): void {
    this.workers[0]?.prepare();
  }

  waitMs(sessionId: string): number {
    const placed = this.places.get(sessionId)?.worker;
    return placed?.waitMs() ?? Math.min(...this.workers.map((worker) => worker.waitMs()));
  }

  analyse(job: RecognitionJob): Promise<RecognitionResult> {
    return this.placeOf(job.sessionId).worker.analyse(job);
  }

  forget(sessionId: string): void {
    const place = this.places.get(sessionId);
    if (!place) return;
    this.places.delete(sessionId);
    this.sessions[place.index] = (this.sessions[place.index] ?? 1) - 1;
    place.worker.forget(sessionId);
  }

  async close(): Promise<void> {
    this.places.clear();
    await Promise.all(this.workers.map((worker) => worker.close()));
  }

  private placeOf(sessionId: string): Place {
    const known = this.places.get(sessionId);
    if (known) return known;
    const index = this.sessions.indexOf(Math.min(...this.sessions));
    const worker = this.workers[index];
    if (!worker) throw new Error('The pool has no worker');
    const place = { worker, index };
    this.places.set(sessionId, place);
    this.sessions[index] = (this.sessions[index] ?? 0) + 1;
    return place;
  }
}
