import type { ErrorCode } from '../errors.js';
import { EXAMPLE_PICTURE_BASE64 } from './example-picture.js';
import { CREDIT_EXAMPLE, CREDIT_MEMBERS } from './flow.schemas.js';
import { array, count, number, object, oneOf, text } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';
import { fromClient, fromServer } from './message-builders.js';
import { CALLOUT_EXAMPLE } from './vision-result.example.js';
import { CALLOUT_SCHEMA } from './vision-result.schema.js';
import { MESSAGE_IDS, SESSION_MOVING, SOCKET_ERROR_CODES } from './wire-message.js';
import type { WireMessage } from './wire-message.js';

/** What an `error` of a video socket may say: to a message, to a frame, to the connection. */
export const VIDEO_ERROR_CODES: readonly ErrorCode[] = [
  ...SOCKET_ERROR_CODES,
  'frame_too_large',
  'unsupported_image',
  'invalid_image',
  'vision_failed',
  'not_streaming',
  'already_streaming',
];

export const frameFields: Readonly<Record<string, JsonSchema>> = {
  timestamp: {
    type: ['number', 'null'],
    minimum: 0,
    maximum: 1e11,
    description: 'When the frame was captured, Unix seconds. Without it, when it arrived.',
  },
  source: { type: ['string', 'null'], minLength: 1, maxLength: 64, description: "Without it, the session's source." },
  channel: { type: ['string', 'null'], minLength: 1, maxLength: 128 },
  ...MESSAGE_IDS,
};

export const FRAME_DATA: JsonSchema = {
  type: 'string',
  minLength: 1,
  contentEncoding: 'base64',
  description: 'A JPEG, PNG or WebP picture as base64 (RFC 4648 §4); a `data:` URL of it is taken too.',
};

/** Of a frame that came in a batch. */
export const BATCH_INDEX = count('For a frame of a batch: its place there, from 0.');

type MessageParts = Parameters<typeof fromServer>;

/** With the ids of a message, unless it says otherwise. */
export const client = (...[type, summary, fields, example]: MessageParts): WireMessage =>
  fromClient(type, summary, { optional: MESSAGE_IDS, ...fields }, example);

/** With the ids of what it answers, unless it says otherwise. */
export const server = (...[type, summary, fields, example]: MessageParts): WireMessage =>
  fromServer(type, summary, { optional: MESSAGE_IDS, ...fields }, example);

/** One frame, as text and as bytes. */
export const ANALYZE_FRAME: readonly WireMessage[] = [
  client(
    'analyze_frame',
    'Analyse one frame. Answered exactly once: by a result, an error or `frame_dropped`.',
    { required: { frame_data: FRAME_DATA }, optional: frameFields },
    { frame_data: EXAMPLE_PICTURE_BASE64, timestamp: 1767225600.125, request_id: 'f1' },
  ),
  {
    ...client(
      'analyze_frame',
      'The same as a binary message: a quarter fewer bytes. The picture follows the header.',
      { optional: frameFields },
      { timestamp: 1767225600.125, request_id: 'f1' },
    ),
    isBinary: true,
  },
];

export const FRAME_DROPPED = server(
  'frame_dropped',
  'A frame that was not analysed.',
  {
    required: {
      reason: oneOf(
        ['superseded', 'too_many_bytes', 'over_rate', 'over_size', 'slow_reader', 'server_draining'],
        '`superseded`: a newer frame took its place. `too_many_bytes`: the frames that wait are too large together. `over_rate`, `over_size`: beyond the credit. `slow_reader`: results are not read fast enough.',
      ),
      advice: text('What to do about it.'),
    },
    optional: {
      frame_timestamp: number('The timestamp that the frame came with.'),
      batch_index: BATCH_INDEX,
      ...MESSAGE_IDS,
    },
  },
  {
    request_id: 'f1',
    reason: 'superseded',
    advice: 'A newer frame took its place. …',
    frame_timestamp: 1767225600.125,
  },
);

/** What the server may say at any time on every video socket. */
export const alwaysFromServer = (codes: readonly ErrorCode[]): readonly WireMessage[] => [
  server(
    'credit',
    'What may be under way from now on. Comes after the welcome, and again whenever it changes.',
    { required: CREDIT_MEMBERS, optional: {} },
    CREDIT_EXAMPLE,
  ),
  server(
    'callout',
    'Something worth saying to the player, as soon as it is known. Each callout comes once on each socket.',
    { required: { data: CALLOUT_SCHEMA }, optional: {} },
    { data: CALLOUT_EXAMPLE },
  ),
  server(
    'error',
    'Something was wrong; the socket stays open unless a close code follows.',
    {
      required: {
        code: oneOf(codes, 'Stable. What each means is in the list of error codes.'),
        message: text('For people.'),
        retryable: { type: 'boolean', description: 'Whether the same message may succeed later.' },
      },
      optional: {
        errors: array(object({ pointer: text('JSON Pointer into the message.'), code: text(), detail: text() })),
        retry_after: number('Seconds.'),
        batch_index: BATCH_INDEX,
        ...MESSAGE_IDS,
      },
    },
    {
      code: 'invalid_message',
      message: 'frame_data is missing or empty',
      retryable: false,
      request_id: 'f1',
      errors: [{ pointer: '/frame_data', code: 'required', detail: 'is missing or empty' }],
    },
  ),
  SESSION_MOVING,
];
