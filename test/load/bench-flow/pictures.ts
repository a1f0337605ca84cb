import { join } from 'node:path';
import { openClip } from '../../../apps/cli/src/clip-source.js';

const CLIP = join(process.cwd(), 'samples/openarena/oa_ctf_sample.mp4');

export interface Pictures {
  readonly jpegs: readonly Buffer[];
  readonly fps: number;
  readonly meanBytes: number;
}

/** The bundled clip of real play as pictures, decoded once. */
export async function clipPictures(
  size: { readonly width: number; readonly height: number } | null,
  fps: number,
  quality: number,
): Promise<Pictures> {
  const clip = await openClip({ file: CLIP, fps, size, quality });
  const jpegs: Buffer[] = [];
  for await (const { jpeg } of clip.frames()) jpegs.push(jpeg);
  return { jpegs, fps, meanBytes: Math.round(jpegs.reduce((sum, { length }) => sum + length, 0) / jpegs.length) };
}
