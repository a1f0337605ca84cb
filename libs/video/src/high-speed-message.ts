import { AppError } from '@jiga/contracts';

import type { Picture } from './admission.js';
import { FieldReader } from './field-reader.js';
import { MESSAGE_BOUNDS, readIds, readPicture, type MessageIds } from './video-message.js';

/** What a client may say on the high-speed socket, read and checked. */
export type HighSpeedMessage =
  | { readonly type: 'analyze_frame'; readonly picture: Picture }
  | { readonly type: 'analyze_batch'; readonly frames: readonly BatchFrame[] }
  | { readonly type: 'get_metrics' | 'ping' };

/** One frame of a batch. What is wrong with one is no matter of the others. */
export interface BatchFrame {
  readonly ids: MessageIds;
  readonly picture: Picture | AppError;
}

/** Frames of one batch. */
export const BATCH_MAX = 10;

const TYPES = ['analyze_frame', 'analyze_batch', 'get_metrics', 'ping'] as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The pictures of a message: of a text message the base64 characters that were lifted out of it, in order; of a binary
 * one the bytes that follow its header.
 */
export type Pictures = readonly string[] | Buffer | null;

/** Checks one message. Throws AppError `invalid_message`, `unknown_message_type`. */
export function readHighSpeedMessage(fields: Fields, pictures: Pictures): HighSpeedMessage {
  const type = readType(fields);
  const reader = new FieldReader(fields);
  reader.id('request_id', MESSAGE_BOUNDS.idLength);
  reader.id('frame_id', MESSAGE_BOUNDS.idLength);
  if (type === 'analyze_frame') {
    const picture = Buffer.isBuffer(pictures) ? pictures : (pictures?.[0] ?? null);
    return { type, picture: readPicture(reader, fields, picture) };
  }
  if (type === 'analyze_batch') {
    reader.check();
    return { type, frames: readFrames(fields, pictures) };
  }
  if (Buffer.isBuffer(pictures))
    reader.wrong('type', 'no_picture', 'must be analyze_frame or analyze_batch in a binary message');
  reader.check();
  return { type };
}

function readType({ type }: Fields): HighSpeedMessage['type'] {
  if (typeof type !== 'string') throw new AppError('invalid_message', 'A message has a type, which is a string');
  const known = TYPES.find((name) => name === type);
  if (!known) throw new AppError('unknown_message_type', `This socket takes ${TYPES.join(', ')}`);
  return known;
}

function readFrames(fields: Fields, pictures: Pictures): BatchFrame[] {
  const { frames } = fields;
  if (!Array.isArray(frames)) throw wrongFrames('type', 'must be an array of frames');
  if (frames.length === 0 || frames.length > BATCH_MAX)
    throw wrongFrames('length', `must have 1 to ${BATCH_MAX} frames`);
  const all = frames.map((frame): Fields => {
    if (typeof frame !== 'object' || frame === null || Array.isArray(frame))
      throw wrongFrames('type', 'must hold objects');
    return frame as Fields;
  });
  const pictureOf = Buffer.isBuffer(pictures) ? sliced(all, pictures) : lifted(all, pictures ?? []);
  return all.map((frame, index) => readFrame(frame, pictureOf(index)));
}

function readFrame(frame: Fields, picture: string | Buffer | null): BatchFrame {
  const ids = readIds(frame);
  const reader = new FieldReader(frame);
  try {
    reader.id('request_id', MESSAGE_BOUNDS.idLength);
    reader.id('frame_id', MESSAGE_BOUNDS.idLength);
    return { ids, picture: readPicture(reader, frame, picture) };
  } catch (error) {
    if (error instanceof AppError) return { ids, picture: error };
    throw error;
  }
}

type PictureOf = (index: number) => string | Buffer | null;

/** An empty `frame_data` stands for one that was lifted out; both are in the order of the message. */
function lifted(frames: readonly Fields[], blobs: readonly string[]): PictureOf {
  let next = 0;
  const found = frames.map(({ frame_data }) => (frame_data === '' ? (blobs[next++] ?? null) : null));
  if (next !== blobs.length)
    throw wrongFrames('frame_data', 'must name frame_data once in each frame, and nowhere else');
  return (index) => found[index] ?? null;
}

/** In a binary batch each frame says in `bytes` how long its picture is; they follow each other. */
function sliced(frames: readonly Fields[], payload: Buffer): PictureOf {
  let at = 0;
  const found = frames.map(({ bytes }) => {
    if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 1)
      throw wrongFrames('bytes', 'must say in bytes how long each picture is');
    return payload.subarray(at, (at += bytes));
  });
  if (at !== payload.length)
    throw wrongFrames('bytes', `must add up to the ${payload.length} bytes that follow the header, not ${at}`);
  return (index) => found[index] ?? null;
}

const wrongFrames = (code: string, detail: string): AppError =>
  new AppError('invalid_message', `frames ${detail}`, { fields: [{ pointer: '/frames', code, detail }] });
