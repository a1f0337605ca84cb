import { AppError } from '@jiga/contracts';
import { readVideoMessage, type Picture } from '@jiga/video';

import { readAsBody } from '../http/message-problems.js';
import { FRAME_FIELDS, type FrameQuery } from './frame.dto.js';

/**
 * The picture in a request body: bytes of an image, or a JSON object with `frame_data` as on the video socket. What the
 * sender says about an image comes in the query. Throws AppError `validation_failed`.
 */
export function readFrameBody(body: unknown, query: FrameQuery): Picture {
  if (Buffer.isBuffer(body)) {
    const { timestamp = null, source = null, channel = null } = query;
    // A buffer of its own: small bodies share one with others, and a frame's bytes may be handed to another thread.
    return { bytes: ownCopy(body), timestamp, source, channel };
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new AppError('validation_failed', 'The body must be a JSON object with frame_data, or a picture.', {
      fields: [{ pointer: '', code: 'wrong_type', detail: 'the body must be a JSON object' }],
    });
  }
  return readJson(body as Readonly<Record<string, unknown>>);
}

function readJson(body: Readonly<Record<string, unknown>>): Picture {
  const message = readAsBody(body, FRAME_FIELDS, () => readVideoMessage({ ...body, type: 'analyze_frame' }, null));
  if ('picture' in message) return message.picture;
  throw new AppError('internal');
}

function ownCopy(body: Buffer): Buffer<ArrayBuffer> {
  const copy = Buffer.allocUnsafeSlow(body.length);
  body.copy(copy);
  return copy;
}
