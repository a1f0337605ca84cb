import { EXAMPLE_PICTURE_BASE64 } from './example-picture.js';
import { count, number, oneOf, text } from './json-schema.js';
import {
  ANALYZE_FRAME,
  FRAME_DATA,
  FRAME_DROPPED,
  VIDEO_ERROR_CODES,
  alwaysFromServer,
  client,
  frameFields,
  server,
} from './video.common.js';
import { VISION_RESULT_EXAMPLE } from './vision-result.example.js';
import { VISION_RESULT_SCHEMA } from './vision-result.schema.js';
import { HEARTBEAT, MESSAGE_IDS } from './wire-message.js';
import type { WireChannel, WireMessage } from './wire-message.js';

const PROCESSING_MODE = oneOf(['normal', 'high_speed']);

const CLIENT_MESSAGES: readonly WireMessage[] = [
  ...ANALYZE_FRAME,
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
    { frame_data: EXAMPLE_PICTURE_BASE64, timestamp: 1767225600.125 },
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
  client('ping', 'Ask for a `pong`.', { optional: { ...HEARTBEAT, ...MESSAGE_IDS } }, { request_id: 'p1' }),
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
  FRAME_DROPPED,
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
    'pong',
    'Answers `ping`.',
    { required: { processing_mode: PROCESSING_MODE } },
    { processing_mode: 'normal', request_id: 'p1' },
  ),
  ...alwaysFromServer(VIDEO_ERROR_CODES),
];

/** The direct video socket: every message that may travel on it. */
export const DIRECT_VIDEO_CHANNEL: WireChannel = {
  id: 'streamDirectVideo',
  path: '/api/v1/jiga/sessions/{session_id}/streamDirectVideo',
  summary: "Frames of the player's screen in, what JIGA sees in them out.",
  messages: [...CLIENT_MESSAGES, ...SERVER_MESSAGES],
};
