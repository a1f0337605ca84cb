import { QUALITY_REASONS } from '../flow.js';
import { count, nullable, number, object } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';

const CREDIT_FIELDS: Readonly<Record<string, JsonSchema>> = {
  max_in_flight: count('Frames without an answer, over all sockets of the session.', 1),
  max_fps: number('Frames a second.'),
  max_px: count('Width × height of a frame.', 1),
};

export const CREDIT_SCHEMA = object(CREDIT_FIELDS);

export const PICTURE_SCHEMA = object(
  {
    width: count('Of the box that the picture fits in.', 1),
    height: count('Of that box.', 1),
    jpeg_quality: { type: 'integer', minimum: 1, maximum: 100 },
  },
  {},
  'The picture worth sending.',
);

/** Members of the message `credit`. */
export const CREDIT_MEMBERS: Readonly<Record<string, JsonSchema>> = { ...CREDIT_FIELDS, picture: PICTURE_SCHEMA };

export const CREDIT_EXAMPLE = {
  max_in_flight: 20,
  max_fps: 5,
  max_px: 8_294_400,
  picture: { width: 480, height: 270, jpeg_quality: 30 },
};

export const QUALITY_SCHEMA = object({
  level: count('0 = everything is done for each frame; each level above does less.'),
  target_p95_ms: nullable(number('What the session aims at; null = nothing.')),
  p95_ms: nullable(number('Of the last window that was judged.')),
  steps: count('Changes of the level so far.'),
  last_change_at: nullable(number('Unix seconds.')),
  last_reason: { oneOf: [{ type: 'string', enum: QUALITY_REASONS }, { type: 'null' }] },
});
