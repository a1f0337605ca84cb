import { AppError } from '@jiga/contracts';

import type { Picture } from './admission.js';
import { decodeBase64 } from './base64.js';
import { FieldReader } from './field-reader.js';

/** What a client may say on the video socket, read and checked. */
export type VideoMessage =
  | { readonly type: 'analyze_frame' | 'frame'; readonly picture: Picture }
  | { readonly type: 'start_streaming'; readonly intervalSeconds: number | null }
  | { readonly type: 'stop_streaming' }
  | { readonly type: 'ping' };

/** The ids that a client gave its message: every answer carries them. */
export interface MessageIds {
  readonly request_id?: string | number;
  readonly frame_id?: string | number;
}

/** Bounds of the fields, in characters and seconds. */
export const MESSAGE_BOUNDS = {
  idLength: 128,
  sourceLength: 64,
  channelLength: 128,
  /** Unix seconds: anything above is in milliseconds by mistake. */
  maxTimestamp: 1e11,
  minIntervalSeconds: 0.02,
  maxIntervalSeconds: 3600,
} as const;

const TYPES = ['analyze_frame', 'frame', 'start_streaming', 'stop_streaming', 'ping'] as const;

/** The ids of a message, as far as they are valid: for the error that answers a message with something wrong in it. */
export function readIds(fields: Readonly<Record<string, unknown>>): MessageIds {
  const reader = new FieldReader(fields);
  const request_id = reader.id('request_id', MESSAGE_BOUNDS.idLength);
  const frame_id = reader.id('frame_id', MESSAGE_BOUNDS.idLength);
  return { ...(request_id !== null && { request_id }), ...(frame_id !== null && { frame_id }) };
}

/**
 * Checks one message. `picture` is where its picture came from: the base64 characters of a text message, the bytes of
 * a binary one, or null. Throws AppError `invalid_message`, `unknown_message_type`.
 */
export function readVideoMessage(
  fields: Readonly<Record<string, unknown>>,
  picture: string | Buffer | null,
): VideoMessage {
  const type = readType(fields);
  const reader = new FieldReader(fields);
  reader.id('request_id', MESSAGE_BOUNDS.idLength);
  reader.id('frame_id', MESSAGE_BOUNDS.idLength);
  if (type === 'analyze_frame' || type === 'frame') return { type, picture: readPicture(reader, fields, picture) };
  if (Buffer.isBuffer(picture))
    reader.wrong('type', 'no_picture', 'must be analyze_frame or frame in a binary message');
  const { minIntervalSeconds, maxIntervalSeconds } = MESSAGE_BOUNDS;
  const intervalSeconds =
    type === 'start_streaming' ? reader.number('interval', minIntervalSeconds, maxIntervalSeconds, 'seconds') : null;
  reader.check();
  return type === 'start_streaming' ? { type, intervalSeconds } : { type };
}

function readType({ type }: Readonly<Record<string, unknown>>): VideoMessage['type'] {
  if (typeof type !== 'string') throw new AppError('invalid_message', 'A message has a type, which is a string');
  const known = TYPES.find((name) => name === type);
  if (!known) throw new AppError('unknown_message_type', `This socket takes ${TYPES.join(', ')}`);
  return known;
}

/** The picture of one frame with what is said about it; wrong fields are collected in `reader` and thrown together. */
export function readPicture(
  reader: FieldReader,
  fields: Readonly<Record<string, unknown>>,
  picture: string | Buffer | null,
): Picture {
  const { maxTimestamp, sourceLength, channelLength } = MESSAGE_BOUNDS;
  const timestamp = reader.number('timestamp', 0, maxTimestamp, 'Unix seconds');
  const source = reader.text('source', sourceLength);
  const channel = reader.text('channel', channelLength);
  const bytes = readBytes(reader, fields, picture);
  reader.check();
  if (!bytes) throw new AppError('invalid_message', 'frame_data is missing');
  return { bytes, timestamp, source, channel };
}

function readBytes(
  reader: FieldReader,
  fields: Readonly<Record<string, unknown>>,
  picture: string | Buffer | null,
): Buffer<ArrayBuffer> | null {
  if (Buffer.isBuffer(picture)) {
    if (picture.length === 0) return reader.wrong('frame_data', 'required', 'is missing: no bytes follow the header');
    // A copy: the view would keep the whole network chunk alive, and its buffer is not this frame's to hand on.
    const bytes = Buffer.allocUnsafeSlow(picture.length);
    picture.copy(bytes);
    return bytes;
  }
  const text = picture ?? fields['frame_data'];
  if (text === undefined || text === null || text === '')
    return reader.wrong('frame_data', 'required', 'is missing or empty');
  if (typeof text !== 'string') return reader.wrong('frame_data', 'type', 'must be a base64 string');
  return decodeBase64(text) ?? reader.wrong('frame_data', 'base64', 'must be base64 (RFC 4648), or a data: URL of it');
}
