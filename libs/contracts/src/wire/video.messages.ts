import type { ErrorCode } from '../errors.js';
import { array, count, number, object, oneOf, text } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';
import { CALLOUT_EXAMPLE, VISION_RESULT_EXAMPLE } from './vision-result.example.js';
import { CALLOUT_SCHEMA, VISION_RESULT_SCHEMA } from './vision-result.schema.js';
import { MESSAGE_IDS, SERVER_STAMP, SESSION_MOVING } from './wire-message.js';
import type { WireChannel, WireMessage } from './wire-message.js';

const PROCESSING_MODE = oneOf(['normal', 'high_speed']);

/** What an `error` of this socket may say: to a message, to a frame, to the connection. */
const ERROR_CODES: readonly ErrorCode[] = [
  'malformed_json',
  'invalid_message',
  'unknown_message_type',
  'message_too_large',
  'rate_limited',
  'frame_too_large',
  'unsupported_image',
  'invalid_image',
  'vision_failed',
  'not_streaming',
  'already_streaming',
  'unauthenticated',
  'forbidden',
  'session_not_found',
  'session_closed',
  'socket_limit',
  'draining',
  'internal',
];

const frameFields: Readonly<Record<string, JsonSchema>> = {
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

const FRAME_DATA: JsonSchema = {
  type: 'string',
  minLength: 1,
  contentEncoding: 'base64',
  description: 'A JPEG, PNG or WebP picture as base64 (RFC 4648 §4); a `data:` URL of it is taken too.',
};

const client = (
  type: string,
  summary: string,
  schema: { required?: Readonly<Record<string, JsonSchema>>; optional?: Readonly<Record<string, JsonSchema>> },
  example: Readonly<Record<string, unknown>>,
): WireMessage => ({
  type,
  from: 'client',
  summary,
  schema: object({ type: { type: 'string', const: type }, ...schema.required }, schema.optional ?? MESSAGE_IDS),
  example: { type, ...example },
});

const server = (
  type: string,
  summary: string,
  schema: { required?: Readonly<Record<string, JsonSchema>>; optional?: Readonly<Record<string, JsonSchema>> },
  example: Readonly<Record<string, unknown>>,
): WireMessage => ({
  type,
  from: 'server',
  summary,
  schema: object(
    { type: { type: 'string', const: type }, ...schema.required, ...SERVER_STAMP },
    schema.optional ?? MESSAGE_IDS,
  ),
  example: { type, ...example, timestamp: 1767225600.25, seq: 2 },
});

const CLIENT_MESSAGES: readonly WireMessage[] = [
  client(
    'analyze_frame',
    'Analyse one frame. Answered exactly once: by a result, an error or `frame_dropped`.',
    { required: { frame_data: FRAME_DATA }, optional: frameFields },
    { frame_data: '/9j/4AAQSkZJRg…', timestamp: 1767225600.125, request_id: 'f1' },
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
  client(
    'start_streaming',
    'Begin to sample the `frame` messages that follow.',
    {
      optional: {
        interval: {
          type: ['number', 'null'],
          minimum: 0.02,
          maximum: 3600,
          description: "Seconds between two sampled frames. Without it, the session's analysis interval.",
        },
        ...MESSAGE_IDS,
      },
    },
    { interval: 0.5, request_id: 's1' },
  ),
  client(
    'frame',
    'A frame of the stream. Sampled at the interval, not answered one by one.',
    { required: { frame_data: FRAME_DATA }, optional: frameFields },
    { frame_data: '/9j/4AAQSkZJRg…', timestamp: 1767225600.125 },
  ),
  {
    ...client('frame', 'The same as a binary message.', { optional: frameFields }, { timestamp: 1767225600.125 }),
    isBinary: true,
  },
  client(
    'stop_streaming',
    'End the stream; answered when its last sampled frame is settled.',
    {},
    { request_id: 's2' },
  ),
  client('ping', 'Ask for a `pong`.', {}, { request_id: 'p1' }),
];

const SERVER_MESSAGES: readonly WireMessage[] = [
  server(
    'direct_video_stream_connected',
    'The welcome: the first message of every accepted connection.',
    {
      required: { session_id: text(), processing_mode: PROCESSING_MODE, high_speed_enabled: { type: 'boolean' } },
      optional: {},
    },
    { session_id: 'sess_4GkTq0cY1vWm2nBz8rLd7P', processing_mode: 'normal', high_speed_enabled: false, seq: 1 },
  ),
  server(
    'direct_video_analysis_result',
    'What was seen in a frame.',
    {
      required: { data: VISION_RESULT_SCHEMA, processing_mode: PROCESSING_MODE },
    },
    { request_id: 'f1', processing_mode: 'normal', data: VISION_RESULT_EXAMPLE },
  ),
  server(
    'frame_dropped',
    'A frame that was not analysed.',
    {
      required: {
        reason: oneOf(
          ['superseded', 'slow_reader', 'server_draining'],
          '`superseded`: a newer frame took its place. `slow_reader`: results are not read fast enough.',
        ),
        advice: text('What to do about it.'),
      },
      optional: { frame_timestamp: number('The timestamp that the frame came with.'), ...MESSAGE_IDS },
    },
    {
      request_id: 'f1',
      reason: 'superseded',
      advice: 'A newer frame took its place. …',
      frame_timestamp: 1767225600.125,
    },
  ),
  server(
    'streaming_started',
    'The stream is on.',
    { required: { interval: number('Seconds between two sampled frames.'), processing_mode: PROCESSING_MODE } },
    { interval: 0.5, processing_mode: 'normal', request_id: 's1' },
  ),
  server(
    'streaming_stopped',
    'The stream is over. received = skipped + sampled + invalid; sampled = analysed + dropped + failed.',
    {
      required: {
        frames_received: count('`frame` messages that came.'),
        frames_skipped: count('Between two samples.'),
        frames_sampled: count('Given to the analysis.'),
        frames_invalid: count('Answered with an error before the analysis.'),
        frames_analysed: count('With a result.'),
        frames_dropped: count('Superseded by newer frames.'),
        frames_failed: count('Answered with an error by the analysis.'),
        duration_seconds: number(),
        processing_mode: PROCESSING_MODE,
      },
    },
    {
      request_id: 's2',
      frames_received: 50,
      frames_skipped: 40,
      frames_sampled: 10,
      frames_invalid: 0,
      frames_analysed: 9,
      frames_dropped: 1,
      frames_failed: 0,
      duration_seconds: 10.02,
      processing_mode: 'normal',
    },
  ),
  server(
    'callout',
    'Something worth saying to the player, as soon as it is known. Each callout comes once on each socket.',
    { required: { data: CALLOUT_SCHEMA }, optional: {} },
    { data: CALLOUT_EXAMPLE },
  ),
  server(
    'pong',
    'Answers `ping`.',
    { required: { processing_mode: PROCESSING_MODE } },
    { processing_mode: 'normal', request_id: 'p1' },
  ),
  SESSION_MOVING,
  server(
    'error',
    'Something was wrong; the socket stays open unless a close code follows.',
    {
      required: {
        code: oneOf(ERROR_CODES, 'Stable. What each means is in the list of error codes.'),
        message: text('For people.'),
        retryable: { type: 'boolean', description: 'Whether the same message may succeed later.' },
      },
      optional: {
        errors: array(object({ pointer: text('JSON Pointer into the message.'), code: text(), detail: text() })),
        retry_after: number('Seconds.'),
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
];

/** The direct video socket: every message that may travel on it. */
export const DIRECT_VIDEO_CHANNEL: WireChannel = {
  id: 'streamDirectVideo',
  path: '/api/v1/jiga/sessions/{session_id}/streamDirectVideo',
  summary: "Frames of the player's screen in, what JIGA sees in them out.",
  messages: [...CLIENT_MESSAGES, ...SERVER_MESSAGES],
};
