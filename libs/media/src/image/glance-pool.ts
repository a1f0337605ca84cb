import { GlanceReader } from './glance.js';
import type { Glance } from './glance.js';
import { batchLength, GlanceThread } from './glance-thread.js';
import type { Waiting } from './glance-thread.js';
import { DEFAULT_MAX_PIXELS } from './image-decode.js';

export interface GlancePoolOptions {
  /** Threads, each about 10 MB once it is needed; 0 = everything on the caller's thread. */
  readonly threads: number;
  /** Larger pictures are refused. */
  readonly maxPixels?: number;
  /** Bytes of pictures a second from which on they go to the threads; 0 = always. */
  readonly busyBytesPerSecond?: number;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
  readonly workerUrl?: URL;
}

/**
 * Below this, waking a thread and being woken by it costs more than it takes off the caller's thread. It is about an
 * eighth of a core: a picture of 480 × 270 has 13 KB and takes 0.13 ms.
 */
const BUSY_BYTES_PER_SECOND = 12 * 1024 * 1024;
/** A picture of so many bytes takes a millisecond and more, and is worth a thread by itself. */
const LARGE_BYTES = 64 * 1024;
const WINDOW_MS = 100;

/** In tests the sources are run as they are, but a worker needs the build, which keeps the same folders below dist/. */
function builtWorkerUrl(): URL {
  const here = import.meta.url;
  if (here.endsWith('.js')) return new URL('./glance.worker.js', here);
  return new URL(here.replace(/\/libs\/media\/.*$/, '/dist/libs/media/src/image/glance.worker.js'));
}

/** Whether so many bytes come that it is worth waking threads for them: in this tenth of a second or in the one before. */
class Busyness {
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #bytes = 0;
  #wasBusy = false;

  constructor(
    private readonly now: () => number,
    private readonly bytesPerSecond: number,
  ) {}

  note(bytes: number): boolean {
    const nowMs = this.now();
    const sinceMs = nowMs - this.#startedAtMs;
    if (sinceMs >= WINDOW_MS) {
      this.#wasBusy = sinceMs < 2 * WINDOW_MS && this.#isBusy;
      this.#startedAtMs = nowMs;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    return this.#wasBusy || this.#isBusy;
  }

  get #isBusy(): boolean {
    return this.#bytes * 1000 >= this.bytesPerSecond * WINDOW_MS;
  }
}

/**
 * Looks at pictures, in threads of its own where there is so much to look at that it pays. Pictures that come in one turn
 * of the event loop, or while a thread is busy, go to it in one message. Where the threads have all they can take, the
 * caller's takes its share. Pictures that a thread cannot read, or that were with one that died, are read on the caller's
 * thread too.
 */
export class GlancePool {
  private readonly threads: readonly GlanceThread[];
  private readonly waiting: Waiting[] = [];
  private readonly here: GlanceReader;
  private readonly busyness: Busyness;
  private readonly maxPixels: number;
  private isClosed = false;
  private isFilling = false;
  private isHelping = false;

  constructor(options: GlancePoolOptions) {
    const { threads, maxPixels = DEFAULT_MAX_PIXELS, workerUrl = builtWorkerUrl() } = options;
    const { now = () => performance.now(), busyBytesPerSecond = BUSY_BYTES_PER_SECOND } = options;
    this.maxPixels = maxPixels;
    this.here = new GlanceReader(maxPixels);
    this.busyness = new Busyness(now, busyBytesPerSecond);
    const readHere = (pictures: readonly Waiting[]): void => pictures.forEach((picture) => this.readHere(picture));
    this.threads = Array.from({ length: threads }, () => new GlanceThread(workerUrl, () => this.fill(), readHere));
  }

  /** At once where that is possible, else a promise, which rejects with ImageDecodeError. `bytes` must not change. */
  read(bytes: Uint8Array): Glance | Promise<Glance> {
    if (!this.isWorthHandingOver(bytes.length)) return this.here.read(bytes);
    return new Promise((resolve) => {
      this.waiting.push({ bytes, resolve });
      if (this.isFilling) return;
      this.isFilling = true;
      // Behind all that this turn of the event loop brings.
      process.nextTick(() => this.fill());
    });
  }

  /** Ends the threads; what is under way or comes later is read here. May be called twice. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const picture of this.waiting.splice(0)) this.readHere(picture);
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  private isWorthHandingOver(bytes: number): boolean {
    if (this.threads.length === 0 || this.isClosed) return false;
    return this.busyness.note(bytes) || bytes >= LARGE_BYTES;
  }

  private fill(): void {
    this.isFilling = false;
    for (const thread of this.threads) {
      while (this.waiting.length > 0 && thread.hasRoom) {
        thread.read(this.waiting.splice(0, batchLength(this.waiting)), this.maxPixels);
      }
    }
    if (this.waiting.length === 0 || this.isHelping) return;
    this.isHelping = true;
    setImmediate(() => this.help());
  }

  /** One picture, then sockets and threads have their turn again. */
  private help(): void {
    this.isHelping = false;
    const picture = this.waiting.shift();
    if (picture) this.readHere(picture);
    this.fill();
  }

  private readHere({ bytes, resolve }: Waiting): void {
    resolve(this.here.read(bytes));
  }
}
