// A process that does one fixed piece of work when told, for `reference-work.ts`: it decodes pictures of the clip to brightness.
import { setTimeout as delay } from 'node:timers/promises';
import { ImageDecoder } from '@jiga/media';
import type { ReferenceOrder, ReferenceFigures } from './reference-work.js';
import { clipPictures } from './pictures.js';

const { jpegs } = await clipPictures({ width: 480, height: 270 }, 5, 75);
const decoder = new ImageDecoder();
/** Code is compiled and memory is touched before the first order. */
const WARM_UP = 2000;
let next = 0;

async function piece(): Promise<void> {
  const jpeg = jpegs[next++ % jpegs.length];
  if (jpeg) await decoder.useLuma(jpeg, () => undefined);
}

async function work({ perSecond, seconds }: ReferenceOrder): Promise<ReferenceFigures> {
  const endAt = performance.now() + seconds * 1000;
  let pieces = 0;
  let cpuUs = 0;
  for (let dueAt = performance.now(); performance.now() < endAt; pieces++) {
    if (perSecond !== null) {
      dueAt += 1000 / perSecond;
      await delay(Math.max(0, dueAt - performance.now()));
    }
    // Without the timer's part: the piece alone is the same at every pace.
    const before = process.threadCpuUsage();
    await piece();
    const { user, system } = process.threadCpuUsage(before);
    cpuUs += user + system;
  }
  return { pieces, perSecond: pieces / seconds, cpuMs: cpuUs / 1000 / pieces };
}

for (let i = 0; i < WARM_UP; i++) await piece();
process.on('message', (order: ReferenceOrder) => {
  void work(order).then((figures) => process.send?.(figures));
});
process.send?.('ready');
