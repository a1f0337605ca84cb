import { Worker } from 'node:worker_threads';
import type { Glance } from './glance.js';
import { THUMB_HEIGHT, THUMB_WIDTH } from './luma.js';

/** Pictures for a thread. Their bytes stand one behind the other in memory that both sides have. */
export interface GlanceBatch {
  readonly slot: number;
  /** Memory of the slot, where the thread does not know it yet. */
  readonly memory: SlotMemory | null;
  /** Where each picture ends in `files`. */
  readonly ends: readonly number[];
  readonly maxPixels: number;
}

/** What pictures are handed over in, and what was found in them is handed back in. */
export interface SlotMemory {
  readonly files: SharedArrayBuffer;
  /** {@link GLANCE_BYTES} for each picture: {@link GLANCE_HEAD} numbers of 32 bits, then the thumb. */
  readonly glances: SharedArrayBuffer;
}

/** A thread's answer: the slot, which is free again. */
export type GlanceReply = number;

/** A picture that waits for its glance. */
export interface Waiting {
  readonly bytes: Uint8Array;
  readonly resolve: (glance: Glance | Promise<Glance>) => void;
}

export const THUMB_BYTES = THUMB_WIDTH * THUMB_HEIGHT;
/** Width (0 = left to a complete decoder), height, and the two halves of the hash. */
export const GLANCE_HEAD = 4;
export const GLANCE_BYTES = GLANCE_HEAD * 4 + THUMB_BYTES;
/**
 * What one message to a thread holds at most, so that its pictures do not wait for one another for long: they take about
 * a millisecond. One picture may be larger.
 */
const BATCH_BYTES = 64 * 1024;
const BATCH_MAX = 8;
/** One batch that is read and one that is ready, so that a thread does not have to be woken for each. */
const SLOTS = 2;

class Slot {
  batch: readonly Waiting[] | null = null;
  memory: SlotMemory | null = null;
}

/** How many of the pictures that wait go in one message. */
export function batchLength(waiting: readonly Waiting[]): number {
  let bytes = 0;
  const limit = Math.min(waiting.length, BATCH_MAX);
  for (let count = 0; count < limit; count++) {
    bytes += waiting[count]?.bytes.length ?? 0;
    if (bytes > BATCH_BYTES) return Math.max(1, count);
  }
  return limit;
}

/** One thread that reads pictures, and those that are with it. It is started when it is first needed. */
export class GlanceThread {
  private worker: Worker | null = null;
  private slots = makeSlots();

  /**
   * @param onFree a batch is done
   * @param onLeft pictures that the thread cannot read, or that were with one that ended
   */
  constructor(
    private readonly url: URL,
    private readonly onFree: () => void,
    private readonly onLeft: (pictures: readonly Waiting[]) => void,
  ) {}

  get hasRoom(): boolean {
    return this.slots.some(({ batch }) => batch === null);
  }

  read(batch: readonly Waiting[], maxPixels: number): void {
    const index = this.slots.findIndex((slot) => slot.batch === null);
    const slot = this.slots[index];
    if (!slot) throw new Error('The thread has no room');
    const worker = (this.worker ??= this.start());
    if (this.isIdle) worker.ref();
    slot.batch = batch;
    const length = batch.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const isNew = slot.memory === null || slot.memory.files.byteLength < length;
    const memory = isNew || !slot.memory ? (slot.memory = makeMemory(length)) : slot.memory;
    const files = new Uint8Array(memory.files);
    let end = 0;
    const ends = batch.map(({ bytes }) => {
      files.set(bytes, end);
      return (end += bytes.length);
    });
    worker.postMessage({ slot: index, memory: isNew ? memory : null, ends, maxPixels } satisfies GlanceBatch);
  }

  private get isIdle(): boolean {
    return this.slots.every(({ batch }) => batch === null);
  }

  /** Ends the thread. May be called twice. */
  async close(): Promise<void> {
    const { worker } = this;
    this.lose();
    await worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(this.url);
    worker.on('message', (slot: GlanceReply) => this.take(worker, slot));
    for (const end of ['error', 'exit']) worker.on(end, () => worker === this.worker && this.lose());
    return worker;
  }

  private take(worker: Worker, index: GlanceReply): void {
    const slot = this.slots[index];
    if (worker !== this.worker || !slot?.batch || !slot.memory) return;
    const { batch, memory } = slot;
    slot.batch = null;
    // The thread alone must not keep the process alive; a batch under way does.
    if (this.isIdle) worker.unref();
    const left: Waiting[] = [];
    for (const [at, waiting] of batch.entries()) {
      const glance = readGlance(memory, at);
      if (glance) waiting.resolve(glance);
      else left.push(waiting);
    }
    if (left.length > 0) this.onLeft(left);
    this.onFree();
  }

  /** The thread is gone; the next batch starts another. */
  private lose(): void {
    const left = this.slots.flatMap(({ batch }) => batch ?? []);
    this.worker = null;
    this.slots = makeSlots();
    if (left.length > 0) this.onLeft(left);
  }
}

const makeSlots = (): readonly Slot[] => Array.from({ length: SLOTS }, () => new Slot());

function makeMemory(length: number): SlotMemory {
  return {
    files: new SharedArrayBuffer(Math.max(BATCH_BYTES, length)),
    glances: new SharedArrayBuffer(BATCH_MAX * GLANCE_BYTES),
  };
}

const hex = (half: number): string => half.toString(16).padStart(8, '0');

function readGlance({ glances }: SlotMemory, at: number): Glance | null {
  const [width = 0, height = 0, high = 0, low = 0] = new Uint32Array(glances, at * GLANCE_BYTES, GLANCE_HEAD);
  if (width === 0) return null;
  const thumb = new Uint8Array(glances, at * GLANCE_BYTES + GLANCE_HEAD * 4, THUMB_BYTES).slice();
  return { width, height, thumb, hash: hex(high) + hex(low) };
}
