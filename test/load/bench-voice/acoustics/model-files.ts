import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The file `means` or `variances` of a model: a number for each phone, stream, Gaussian and coefficient, in this order. */
export interface GaussianFile {
  readonly values: Float32Array;
  /** The file with other values in their place. */
  with(values: Float32Array): Buffer;
}

/** Gaussians of each phone and stream, and their weights in the phone's own states. */
export interface Codebooks {
  /** In the order of the codebooks. */
  readonly phones: readonly string[];
  readonly gaussians: number;
  /** Natural logarithm of a Gaussian's weight, averaged over the states of its phone; by phone, stream and Gaussian. */
  readonly logWeights: Float64Array;
}

const HEAD_END = 'endhdr\n';
const BYTE_ORDER = 4;
const CHECKSUM = 4;
const STREAMS = 3;
const STATES = 3;
/** Weights are stored as whole steps of the decoder's logarithm, whose base is 1.0001, 1024 at a time. */
const WEIGHT_STEP = -1024 * Math.log(1.0001);
const WEIGHT_MIN = 1e-8;

/** @see the file formats of SphinxBase, `s3file.c`: a head, a byte order mark, sizes, numbers, and a checksum */
export async function readGaussians(folder: string, name: 'means' | 'variances'): Promise<GaussianFile> {
  const file = await readFile(join(folder, name));
  const body = file.indexOf(HEAD_END) + HEAD_END.length + BYTE_ORDER;
  const streams = file.readInt32LE(body + 4);
  const countAt = body + 12 + 4 * streams;
  const from = countAt + 4;
  const to = from + 4 * file.readInt32LE(countAt);
  if (to + CHECKSUM !== file.length) throw new Error(`${name} is not a file of Gaussians with a checksum`);
  return {
    values: new Float32Array(file.buffer.slice(file.byteOffset + from, file.byteOffset + to)),
    with: (values) => {
      const copy = Buffer.from(file);
      Buffer.from(values.buffer, values.byteOffset, values.byteLength).copy(copy, from);
      copy.writeUInt32LE(checksum(copy.subarray(body, to)), to);
      return copy;
    },
  };
}

export const writeGaussians = (folder: string, name: 'means' | 'variances', content: Buffer): Promise<void> =>
  writeFile(join(folder, name), content);

/** Of a phonetically tied model: every state of a phone has the same Gaussians, and weights of its own. */
export async function readCodebooks(folder: string): Promise<Codebooks> {
  const phones = phoneNames(await readFile(join(folder, 'mdef'), 'latin1'));
  const file = await readFile(join(folder, 'sendump'));
  let at = 0;
  for (let length = file.readInt32LE(at); length !== 0; length = file.readInt32LE(at)) at += 4 + length;
  const [gaussians, states] = [file.readInt32LE(at + 4), file.readInt32LE(at + 8)];
  const weights = file.subarray(at + 12);
  const logWeights = Float64Array.from({ length: phones.length * STREAMS * gaussians }, (_, index) => {
    const gaussian = index % gaussians;
    const stream = Math.floor(index / gaussians) % STREAMS;
    const first = Math.floor(index / gaussians / STREAMS) * STATES;
    const row = weights.subarray((stream * gaussians + gaussian) * states);
    const shares = [0, 1, 2].map((state) => Math.exp((row[first + state] ?? 255) * WEIGHT_STEP) / STATES);
    return Math.log(shares.reduce((sum, share) => sum + share, WEIGHT_MIN));
  });
  return { phones, gaussians, logWeights };
}

/** The phones out of context, which the definition lists first, each name ended by a zero. */
function phoneNames(definition: string): string[] {
  const names = /(?:[A-Z+]+\0){20,}/.exec(definition)?.[0];
  if (names === undefined) throw new Error('mdef lists no phones');
  return names.split('\0').slice(0, -1);
}

/** @see SphinxBase, `bio.c`: turned left by 20 bits before each word is added */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) sum = (((sum << 20) | (sum >>> 12)) + bytes.readUInt32LE(at)) >>> 0;
  return sum;
}
