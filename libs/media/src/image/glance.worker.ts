import { parentPort } from 'node:worker_threads';
import { GLANCE_BYTES, GLANCE_HEAD, THUMB_BYTES } from './glance-thread.js';
import type { GlanceBatch, GlanceReply, SlotMemory } from './glance-thread.js';
import { JpegDcReader } from './jpeg-dc.js';
import { hashOfThumb } from './perceptual-hash.js';

// Runs in a worker thread: reads pictures of a batch one after the other.
const port = parentPort;
if (!port) throw new Error('The glance worker only runs as a worker thread');

const slots: SlotMemory[] = [];
const readers = new Map<number, JpegDcReader>();

function readerFor(maxPixels: number): JpegDcReader {
  const known = readers.get(maxPixels) ?? new JpegDcReader(maxPixels);
  readers.set(maxPixels, known);
  return known;
}

function readInto(glances: SharedArrayBuffer, at: number, bytes: Uint8Array, reader: JpegDcReader): void {
  const head = new Uint32Array(glances, at * GLANCE_BYTES, GLANCE_HEAD);
  const found = reader.read(bytes);
  if (!found) return void head.fill(0);
  const { width, height, thumb } = found;
  const hash = hashOfThumb(thumb);
  head.set([width, height, Number.parseInt(hash.slice(0, 8), 16), Number.parseInt(hash.slice(8), 16)]);
  new Uint8Array(glances, at * GLANCE_BYTES + GLANCE_HEAD * 4, THUMB_BYTES).set(thumb);
}

port.on('message', ({ slot, memory, ends, maxPixels }: GlanceBatch) => {
  if (memory) slots[slot] = memory;
  const shared = slots[slot];
  if (!shared) return;
  const reader = readerFor(maxPixels);
  const files = new Uint8Array(shared.files);
  let from = 0;
  for (const [at, end] of ends.entries()) {
    readInto(shared.glances, at, files.subarray(from, end), reader);
    from = end;
  }
  port.postMessage(slot satisfies GlanceReply);
});
