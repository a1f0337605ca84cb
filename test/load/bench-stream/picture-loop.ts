// A process that does nothing but decode pictures for as many seconds as it is told, and then says how many: machine-scaling.ts.
import { ImageDecoder } from '@jiga/media';
import { clipPictures } from '../bench-flow/pictures.js';

const { jpegs } = await clipPictures({ width: 480, height: 270 }, 5, 75);
const decoder = new ImageDecoder();
/** Code is compiled and memory is touched before the first order. */
const WARM_UP = 2000;
let decoded = 0;

async function decodeNext(): Promise<void> {
  const jpeg = jpegs[decoded++ % jpegs.length];
  if (jpeg) await decoder.useLuma(jpeg, () => undefined);
}

async function decodeFor(seconds: number): Promise<number> {
  const before = decoded;
  const endAt = performance.now() + seconds * 1000;
  while (performance.now() < endAt) await decodeNext();
  return decoded - before;
}

while (decoded < WARM_UP) await decodeNext();
process.on('message', (seconds: number) => {
  void decodeFor(seconds).then((count) => process.send?.(count));
});
process.send?.('ready');
