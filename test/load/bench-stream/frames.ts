import { join } from 'node:path';
import { openClip } from '../../../apps/cli/src/clip-source.js';
import { maskedFrame } from './raw-socket.js';

export interface FrameKind {
  readonly width: number;
  readonly height: number;
  readonly quality: number;
}

export const KINDS: readonly FrameKind[] = [
  { width: 480, height: 270, quality: 75 },
  { width: 1280, height: 720, quality: 80 },
];
const CLIP = join(process.cwd(), 'samples/openarena/oa_ctf_sample.mp4');
const FRAMES = 20;

export interface FrameMessages {
  readonly meanBytes: number;
  readonly text: readonly Buffer[];
  readonly binary: readonly Buffer[];
}

/** Messages with pictures of the bundled clip, ready to be sent. */
export async function frameMessages({ width, height, quality }: FrameKind): Promise<FrameMessages> {
  const clip = await openClip({ file: CLIP, fps: 5, size: { width, height }, quality });
  const pictures: Buffer[] = [];
  for await (const { jpeg } of clip.frames()) {
    pictures.push(jpeg);
    if (pictures.length === FRAMES) break;
  }
  return {
    meanBytes: Math.round(pictures.reduce((sum, { length }) => sum + length, 0) / pictures.length),
    text: pictures.map((jpeg) => maskedFrame(textMessage(jpeg), false)),
    binary: pictures.map((jpeg) => maskedFrame(binaryMessage(jpeg), true)),
  };
}

function textMessage(jpeg: Buffer): Buffer {
  return Buffer.from(JSON.stringify({ type: 'analyze_frame', frame_data: jpeg.toString('base64'), timestamp: 1 }));
}

function binaryMessage(jpeg: Buffer): Buffer {
  const header = Buffer.from(JSON.stringify({ type: 'analyze_frame', timestamp: 1 }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.length);
  return Buffer.concat([length, header, jpeg]);
}
