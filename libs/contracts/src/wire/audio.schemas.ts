import { AUDIO_FORMATS } from '../session-configuration.js';
import { count, nullable, number, object, oneOf, text } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';
import type { Fields } from './message-builders.js';

export const RESPONSE = 'resp_8rLd7P4GkTq0cY1vWm2nBz';
export const FLAG = (description: string): JsonSchema => ({ type: 'boolean', description });

const AUDIO: JsonSchema = nullable(
  object(
    {
      format: oneOf(AUDIO_FORMATS),
      sample_rate: count('Hertz.'),
      channels: count('1 or 2.', 1),
      duration_ms: number(),
    },
    { audio_base64: text('With `response_type` `audio` it follows the header of a binary message instead.') },
    'The sound of this piece, a whole file; null when there is none.',
  ),
);
/** A piece of what JIGA says. */
export const PIECE: Fields = {
  response_id: text(),
  sequence: count('Of the piece within its response.'),
  is_last: FLAG('No piece of this response follows. The last one may be without words.'),
  text: text(),
  audio: AUDIO,
  silent_because: nullable(text('Why there is no sound although it was asked for.')),
};
export const PIECE_EXAMPLE = {
  response_id: RESPONSE,
  sequence: 0,
  is_last: true,
  text: 'Red 1, blue 0, you lead by 1.',
  audio: { format: 'wav', sample_rate: 22_050, channels: 1, duration_ms: 2310, audio_base64: 'UklGRiQAAABXQVZF…' },
  silent_because: null,
};
