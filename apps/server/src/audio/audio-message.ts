import { AppError } from '@jiga/contracts';
import { decodeBase64, FieldReader } from '@jiga/video';

/** What a client may say on the audio socket, read and checked. */
export type AudioMessage =
  | { readonly type: 'audio_chunk'; readonly bytes: Buffer; readonly samples: SampleLayout | null }
  | { readonly type: 'configure'; readonly sampleRateHz: number | null; readonly channels: 1 | 2 | null }
  | { readonly type: 'commit' }
  | { readonly type: 'interrupt'; readonly playedMs: number | null }
  | { readonly type: 'played'; readonly responseId: string; readonly playedMs: number }
  | { readonly type: 'text_input'; readonly text: string }
  | { readonly type: 'ping' };

/** How samples are laid out; null = as configured. A chunk that is a file has none of it. */
export interface SampleLayout {
  readonly sampleRateHz: number | null;
  readonly channels: 1 | 2 | null;
}

const TYPES = ['audio_chunk', 'configure', 'commit', 'interrupt', 'played', 'text_input', 'ping'] as const;
/** What clients call raw samples. */
const SAMPLE_FORMATS = new Set(['pcm16', 'pcm', 'pcm_s16le', 'raw']);
const FORMAT_LENGTH = 32;
const TEXT_LENGTH = 500;
const ID_LENGTH = 128;
const PLAYED_MAX_MS = 3.6e6;
const [RATE_MIN, RATE_MAX] = [8_000, 192_000];

/**
 * Checks one message. `audio` is its base64 member. Throws AppError `invalid_message`, `unknown_message_type`.
 */
export function readAudioMessage(fields: Readonly<Record<string, unknown>>, audio: string | null): AudioMessage {
  const type = readType(fields);
  const reader = new FieldReader(fields);
  reader.id('request_id', ID_LENGTH);
  reader.id('frame_id', ID_LENGTH);
  const message = readBody(type, reader, fields, audio);
  reader.check();
  if (!message) throw new AppError('invalid_message');
  return message;
}

/** null when a field that must be there is not; the reader then has it. */
function readBody(
  type: AudioMessage['type'],
  reader: FieldReader,
  fields: Readonly<Record<string, unknown>>,
  audio: string | null,
): AudioMessage | null {
  switch (type) {
    case 'audio_chunk':
      return readChunk(reader, fields, audio);
    case 'configure':
      return { type, ...readLayout(reader) };
    case 'interrupt':
      return { type, playedMs: reader.number('played_ms', 0, PLAYED_MAX_MS, 'milliseconds') };
    case 'played': {
      const responseId = reader.text('response_id', ID_LENGTH) ?? missing(reader, fields, 'response_id');
      const playedMs =
        reader.number('played_ms', 0, PLAYED_MAX_MS, 'milliseconds') ?? missing(reader, fields, 'played_ms');
      return responseId === null || playedMs === null ? null : { type, responseId, playedMs };
    }
    case 'text_input': {
      const text = reader.text('text', TEXT_LENGTH) ?? missing(reader, fields, 'text');
      return text === null ? null : { type, text };
    }
    default:
      return { type };
  }
}

function readChunk(
  reader: FieldReader,
  fields: Readonly<Record<string, unknown>>,
  audio: string | null,
): AudioMessage | null {
  const layout = readLayout(reader);
  const format = reader.text('audio_format', FORMAT_LENGTH) ?? 'pcm16';
  const isSamples = SAMPLE_FORMATS.has(format.toLowerCase());
  const text = audio ?? fields['audio_base64'] ?? '';
  if (text === '') return reader.wrong('audio_base64', 'required', 'is missing or empty');
  if (typeof text !== 'string') return reader.wrong('audio_base64', 'type', 'must be a base64 string');
  const bytes = decodeBase64(text);
  if (!bytes) return reader.wrong('audio_base64', 'base64', 'must be base64 (RFC 4648), or a data: URL of it');
  return { type: 'audio_chunk', bytes, samples: isSamples ? layout : null };
}

function readLayout(reader: FieldReader): SampleLayout {
  const sampleRateHz = reader.number('sample_rate', RATE_MIN, RATE_MAX, 'hertz');
  if (sampleRateHz !== null && !Number.isInteger(sampleRateHz)) {
    reader.wrong('sample_rate', 'type', 'must be a whole number');
  }
  const channels = reader.number('channels', 1, 2, 'channels');
  if (channels !== null && !Number.isInteger(channels)) reader.wrong('channels', 'type', 'must be 1 or 2');
  return { sampleRateHz, channels: channels === null ? null : channels === 2 ? 2 : 1 };
}

function readType({ type }: Readonly<Record<string, unknown>>): AudioMessage['type'] {
  if (typeof type !== 'string') throw new AppError('invalid_message', 'A message has a type, which is a string');
  const known = TYPES.find((name) => name === type);
  if (!known) throw new AppError('unknown_message_type', `This socket takes ${TYPES.join(', ')}`);
  return known;
}

function missing(reader: FieldReader, fields: Readonly<Record<string, unknown>>, name: string): null {
  return (fields[name] ?? null) === null ? reader.wrong(name, 'required', 'is missing') : null;
}

/**
 * PCM16, little-endian, as −1…1. Throws AppError `invalid_audio` when it is no whole number of samples of all channels.
 */
export function readSamples(bytes: Buffer, channels: 1 | 2): Float32Array {
  if (bytes.length % (2 * channels) !== 0) {
    throw new AppError('invalid_audio', `PCM16 of ${channels} channels comes in ${2 * channels} bytes at a time.`);
  }
  const samples = new Float32Array(bytes.length / 2);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(2 * i) / 32_768;
  return samples;
}
