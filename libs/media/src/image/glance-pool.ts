import { Worker } from 'node:worker_threads';
import { GlanceReader } from './glance.js';
import type { Glance } from './glance.js';
import { DEFAULT_MAX_PIXELS } from './image-decode.js';
import { THUMB_HEIGHT, THUMB_WIDTH } from './luma.js';

/** Pictures for a thread, one behind the other; its memory changes hands. */
export interface GlanceBatch {
  readonly files: Uint8Array<ArrayBuffer>;
  /** Where each picture ends in `files`. */
  readonly ends: readonly number[];
  readonly maxPixels: number;
}

export interface GlanceReply {
  /** The thumbs, one behind the other. */
  readonly thumbs: Uint8Array;
  /** Null for a picture that the thread leaves to a complete decoder. */
  readonly sizes: readonly ({ readonly width: number; readonly height: number } | null)[];
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly resolve: (glance: Glance | Promise<Glance>) => void;
}

const THUMB_BYTES = THUMB_WIDTH * THUMB_HEIGHT;
/** What one message to a thread holds at most, so that its pictures do not wait for one another for long. */
const MAX_BATCH = 8;

/** In tests the sources are run as they are, but a worker needs the build, which keeps the same folders below dist/. */
function workerUrl(): URL {
  const here = import.meta.url;
  if (here.endsWith('.js')) return new URL('./glance.worker.js', here);
  return new URL(here.replace(/\/libs\/media\/.*$/, '/dist/libs/media/src/image/glance.worker.js'));
}

/** One thread with the batch that it reads. */
class Reader {
  private worker: Worker | null = null;
  private batch: readonly Waiting[] = [];

  constructor(
    private readonly url: URL,
    private readonly onFree: () => void,
    private readonly onLost: (batch: readonly Waiting[]) => void,
  ) {}

  get isFree(): boolean {
    return this.batch.length === 0;
  }

  read(batch: readonly Waiting[], maxPixels: number): void {
    this.batch = batch;
    const files = new Uint8Array(batch.reduce((sum, { bytes }) => sum + bytes.length, 0));
    let end = 0;
    const ends = batch.map(({ bytes }) => {
      files.set(bytes, end);
      return (end += bytes.length);
    });
    const worker = (this.worker ??= this.start());
    worker.ref();
    worker.postMessage({ files, ends, maxPixels } satisfies GlanceBatch, [files.buffer]);
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.lose();
    await worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(this.url);
    // The thread alone must not keep the process alive; a batch under way does.
    worker.unref();
    worker.on('message', (reply: GlanceReply) => this.take(worker, reply));
    for (const end of ['error', 'exit']) worker.on(end, () => worker === this.worker && this.lose());
    return worker;
  }

  private take(worker: Worker, { thumbs, sizes }: GlanceReply): void {
    if (worker !== this.worker) return;
    const { batch } = this;
    this.batch = [];
    worker.unref();
    const left: Waiting[] = [];
    for (const [index, waiting] of batch.entries()) {
      const size = sizes[index];
      if (!size) left.push(waiting);
      else waiting.resolve({ ...size, thumb: thumbs.slice(index * THUMB_BYTES, (index + 1) * THUMB_BYTES) });
    }
    if (left.length > 0) this.onLost(left);
    this.onFree();
  }

  /** The thread is gone; the next batch starts another. */
  private lose(): void {
    const { batch } = this;
    this.worker = null;
    this.batch = [];
    if (batch.length > 0) this.onLost(batch);
  }
}

/**
 * Looks at pictures in threads of its own, so that the caller's stays free for sockets. Whatever gathers while a thread
 * is busy goes to it in one message, which is what makes messages cheap under load. Pictures that a thread cannot read,
 * or that were with one that died, are read on the caller's thread.
 */
export class GlancePool {
  private readonly readers: readonly Reader[];
  private readonly waiting: Waiting[] = [];
  private readonly here: GlanceReader;

  /** @param size threads, each about 10 MB; 0 = everything on the caller's thread */
  constructor(
    size: number,
    private readonly maxPixels: number = DEFAULT_MAX_PIXELS,
    url: URL = workerUrl(),
  ) {
    this.here = new GlanceReader(maxPixels);
    const readHere = (batch: readonly Waiting[]): void => {
      for (const { bytes, resolve } of batch) resolve(this.readHere(bytes));
    };
    this.readers = Array.from({ length: size }, () => new Reader(url, () => this.next(), readHere));
  }

  /** Rejects with ImageDecodeError. `bytes` stay the caller's and must not change meanwhile. */
  read(bytes: Uint8Array): Glance | Promise<Glance> {
    if (this.readers.length === 0) return this.here.read(bytes);
    return new Promise((resolve) => {
      this.waiting.push({ bytes, resolve });
      this.next();
    });
  }

  /** Ends the threads; what is under way is read here. May be called twice. */
  async close(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.close()));
  }

  private next(): void {
    for (const reader of this.readers) {
      if (this.waiting.length === 0) return;
      if (reader.isFree) reader.read(this.waiting.splice(0, MAX_BATCH), this.maxPixels);
    }
  }

  private async readHere(bytes: Uint8Array): Promise<Glance> {
    return this.here.read(bytes);
  }
}
