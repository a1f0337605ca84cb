import type { ErrorCode } from '../errors.js';
import { COMPRESSION_LEVELS } from '../session-configuration.js';
import { HIGH_SPEED_PRESETS } from '../session-defaults.js';
import { EXAMPLE_PICTURE_BASE64 } from './example-picture.js';
import { CREDIT_EXAMPLE, CREDIT_SCHEMA, PICTURE_SCHEMA, QUALITY_SCHEMA } from './flow.schemas.js';
import { count, mapOf, nullable, number, object, oneOf, share, text } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';
import {
  ANALYZE_FRAME,
  BATCH_INDEX,
  FRAME_DATA,
  FRAME_DROPPED,
  VIDEO_ERROR_CODES,
  alwaysFromServer,
  client,
  frameFields,
  server,
} from './video.common.js';
import { VISION_RESULT_EXAMPLE } from './vision-result.example.js';
import { REUSED_SCHEMA, VISION_RESULT_SCHEMA } from './vision-result.schema.js';
import { HEARTBEAT, MESSAGE_IDS } from './wire-message.js';
import type { WireChannel, WireMessage } from './wire-message.js';

const ERROR_CODES: readonly ErrorCode[] = [
  ...VIDEO_ERROR_CODES.filter((code) => code !== 'not_streaming' && code !== 'already_streaming'),
  'high_speed_not_enabled',
];

const frames = (items: JsonSchema): JsonSchema => ({ type: 'array', minItems: 1, maxItems: 10, items });
const PICTURE_BYTES: JsonSchema = { type: 'integer', minimum: 1, description: 'Length of its picture.' };

const CLIENT_MESSAGES: readonly WireMessage[] = [
  ...ANALYZE_FRAME,
  client(
    'analyze_batch',
    'Analyse up to ten frames. Each is answered by itself as soon as it is done, then comes `batch_complete`.',
    { required: { frames: frames(object({ frame_data: FRAME_DATA }, frameFields)) } },
    {
      request_id: 'b1',
      frames: [
        { frame_data: EXAMPLE_PICTURE_BASE64, timestamp: 1767225600.1, request_id: 'f1' },
        { frame_data: EXAMPLE_PICTURE_BASE64, timestamp: 1767225600.3, request_id: 'f2' },
      ],
    },
  ),
  {
    ...client(
      'analyze_batch',
      'The same as a binary message: the pictures follow the header one after the other.',
      { required: { frames: frames(object({ bytes: PICTURE_BYTES }, frameFields)) } },
      {
        request_id: 'b1',
        frames: [
          { bytes: 11874, timestamp: 1767225600.1, request_id: 'f1' },
          { bytes: 12031, timestamp: 1767225600.3, request_id: 'f2' },
        ],
      },
    ),
    isBinary: true,
  },
  client('get_metrics', 'Ask for `high_speed_metrics`.', {}, { request_id: 'm1' }),
  client('ping', 'Ask for a `pong`.', { optional: { ...HEARTBEAT, ...MESSAGE_IDS } }, { request_id: 'p1' }),
];

const TARGETS = object({
  target_fps: number('Frames a second to send.'),
  analysis_interval: number('Longest time between two heavy analyses, in seconds.'),
  max_concurrent_analyses: count('Frames under analysis at once.', 1),
  compression_level: oneOf(COMPRESSION_LEVELS),
  jpeg_quality: { type: 'integer', minimum: 1, maximum: 100 },
  enable_caching: { type: 'boolean' },
  cache_similarity: share('Likeness from which on frames share a result.'),
  cache_ttl: number('Seconds that a result is shared for.'),
  batch_size: count('Frames of one batch under analysis at once.', 1),
  target_p95_ms: nullable(number('Time to the answer that is aimed at; null = none.')),
  picture: PICTURE_SCHEMA,
});

const LATENCY = object({
  count: count('Samples.'),
  p50: nullable(number('Milliseconds.')),
  p95: nullable(number('Milliseconds.')),
  p99: nullable(number('Milliseconds.')),
  max: nullable(number('Milliseconds.')),
});

const METRICS = object({
  fps: object({
    received: number('Frames a second that came, over the last ten seconds.'),
    analysed: number('Frames a second that were answered with a result.'),
    target: number('Frames a second that the session asked for.'),
  }),
  latency_ms: {
    ...mapOf(LATENCY),
    description: 'Per stage: `answer` is from receipt to answer; `queue`, `decode`, `cheap`, `heavy_wait`, `heavy`, ….',
  },
  frames: object({
    received: count('Frames that came.'),
    bytes: count('Bytes of them.'),
    analysed: count('With a result.'),
    failed: count('Answered with an error.'),
    dropped: mapOf(count('By reason.')),
    last_received_at: nullable(number('Unix seconds.')),
  }),
  analyses: object({ heavy: count('Heavy stages that ran.'), last_at: nullable(number('Unix seconds.')) }),
  cache: object({
    hits: count('Results that were shared.'),
    misses: count('Results that were made anew.'),
    by_kind: object({ scene: REUSED_SCHEMA, hud: REUSED_SCHEMA, text: REUSED_SCHEMA }),
    hit_rate: nullable(share('null before the first.')),
  }),
  in_flight: object({
    waiting: count('Frames that wait for their analysis.'),
    analysing: count('Frames under analysis.'),
    waiting_bytes: count('Bytes of those that wait.'),
  }),
  credit: CREDIT_SCHEMA,
  quality: QUALITY_SCHEMA,
  sockets: object({ open: count('Open now.'), total: count('Opened so far.') }),
});

const { picture: PICTURE_EXAMPLE, ...CREDIT_ALONE } = CREDIT_EXAMPLE;
const LATENCY_EXAMPLE = { count: 117, p50: 1.1, p95: 2.4, p99: 3.9, max: 5.2 };

const METRICS_EXAMPLE = {
  fps: { received: 5, analysed: 4.9, target: 5 },
  latency_ms: { answer: LATENCY_EXAMPLE, decode: LATENCY_EXAMPLE },
  frames: {
    received: 120,
    bytes: 1_440_000,
    analysed: 117,
    failed: 0,
    dropped: { superseded: 3 },
    last_received_at: 1767225600.1,
  },
  analyses: { heavy: 48, last_at: 1767225600.1 },
  cache: {
    hits: 60,
    misses: 57,
    by_kind: { scene: { hits: 0, misses: 1 }, hud: { hits: 310, misses: 488 }, text: { hits: 41, misses: 12 } },
    hit_rate: 0.513,
  },
  in_flight: { waiting: 0, analysing: 1, waiting_bytes: 0 },
  credit: CREDIT_ALONE,
  quality: { level: 0, target_p95_ms: 250, p95_ms: 41.5, steps: 0, last_change_at: null, last_reason: null },
  sockets: { open: 1, total: 1 },
};

const SERVER_MESSAGES: readonly WireMessage[] = [
  server(
    'high_speed_connected',
    'The welcome: the first message of every accepted connection.',
    { required: { session_id: text(), performance_targets: TARGETS }, optional: {} },
    {
      session_id: 'sess_4GkTq0cY1vWm2nBz8rLd7P',
      performance_targets: {
        ...HIGH_SPEED_PRESETS.balanced,
        picture: PICTURE_EXAMPLE,
      },
      seq: 1,
    },
  ),
  server(
    'high_speed_analysis_result',
    'What was seen in a frame.',
    {
      required: {
        data: VISION_RESULT_SCHEMA,
        processing_latency_ms: number('From the receipt of the frame to this answer, by the clock of the server.'),
      },
      optional: { batch_index: BATCH_INDEX, ...MESSAGE_IDS },
    },
    { request_id: 'f1', processing_latency_ms: 4.2, data: VISION_RESULT_EXAMPLE },
  ),
  FRAME_DROPPED,
  server(
    'batch_complete',
    'Every frame of a batch has its answer. frames = analysed + dropped + failed.',
    {
      required: {
        frames: count('Frames of the batch.', 1),
        analysed: count('Answered with a result.'),
        dropped: count('Answered with `frame_dropped`.'),
        failed: count('Answered with an error.'),
        processing_latency_ms: number('From the receipt of the batch to this message.'),
      },
    },
    { request_id: 'b1', frames: 2, analysed: 2, dropped: 0, failed: 0, processing_latency_ms: 9.7 },
  ),
  server(
    'high_speed_metrics',
    'Answers `get_metrics`.',
    { required: { data: METRICS } },
    { data: METRICS_EXAMPLE, request_id: 'm1' },
  ),
  server('pong', 'Answers `ping`.', { required: {} }, { request_id: 'p1' }),
  ...alwaysFromServer(ERROR_CODES),
];

/** The high-speed video socket: every message that may travel on it. */
export const HIGH_SPEED_CHANNEL: WireChannel = {
  id: 'highSpeedStream',
  path: '/api/v1/jiga/sessions/{session_id}/high-speed/stream',
  summary: 'Frames at high speed, alone and in batches, with live figures. For sessions with high_speed_vision.',
  messages: [...CLIENT_MESSAGES, ...SERVER_MESSAGES],
};
