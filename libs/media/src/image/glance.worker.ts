import { parentPort } from 'node:worker_threads';
import { JpegDcReader } from './jpeg-dc.js';
import { THUMB_HEIGHT, THUMB_WIDTH } from './luma.js';
import type { GlanceBatch, GlanceReply } from './glance-pool.js';

// Runs in a worker thread: reads pictures of a batch one after the other.
const port = parentPort;
if (!port) throw new Error('The glance worker only runs as a worker thread');

const THUMB_BYTES = THUMB_WIDTH * THUMB_HEIGHT;
const readers = new Map<number, JpegDcReader>();

function readerFor(maxPixels: number): JpegDcReader {
  const known = readers.get(maxPixels) ?? new JpegDcReader(maxPixels);
  readers.set(maxPixels, known);
  return known;
}

port.on('message', ({ files, ends, maxPixels }: GlanceBatch) => {
  const reader = readerFor(maxPixels);
  const thumbs = new Uint8Array(ends.length * THUMB_BYTES);
  let from = 0;
  const sizes = ends.map((end, index) => {
    const found = reader.read(files.subarray(from, end));
    from = end;
    if (!found) return null;
    thumbs.set(found.thumb, index * THUMB_BYTES);
    return { width: found.width, height: found.height };
  });
  port.postMessage({ thumbs, sizes } satisfies GlanceReply, [thumbs.buffer]);
});
