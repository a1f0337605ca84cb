import { AppError, RESPONSE_TYPES } from '@jiga/contracts';
import { decodeBase64, FieldReader, MESSAGE_BOUNDS } from '@jiga/video';

import { readAsBody } from '../http/message-problems.js';
import type { AudioQuery } from './audio-process.dto.js';
import { pcmAsWav } from './pcm-as-wav.js';

export type ResponseType = (typeof RESPONSE_TYPES)[number];

/** A recording to be heard, as it was sent. */
export interface SentRecording {
  readonly bytes: Uint8Array;
  readonly picture: Buffer<ArrayBuffer> | null;
  readonly timestamp: number | null;
  readonly responseType: ResponseType;
}

const FORMAT_LENGTH = 32;
const RAW_FORMATS = new Set(['pcm16', 'pcm', 'pcm_s16le', 'raw']);
const DEFAULT_RATE_HZ = 22_050;

export interface AudioBodyRules {
  /** What a JSON body may have. */
  readonly fields: readonly string[];
  readonly maxBytes: number;
}

/**
 * The recording in a request body: the sound itself, with what is said about it in the query, or JSON. Throws AppError
 * `validation_failed`, `body_too_large`.
 */
export function readAudioBody(body: unknown, query: AudioQuery, { fields, maxBytes }: AudioBodyRules): SentRecording {
  const recording = Buffer.isBuffer(body) ? fromBytes(body, query) : readAsBody(asObject(body), fields, fromJson);
  if (recording.bytes.length > maxBytes) {
    throw new AppError('body_too_large', `A recording may have ${maxBytes} bytes.`);
  }
  return recording;
}

const fromBytes = (body: Buffer, { timestamp, response_type }: AudioQuery): SentRecording => ({
  bytes: Uint8Array.from(body),
  picture: null,
  timestamp: timestamp ?? null,
  responseType: response_type ?? 'text',
});

function fromJson(fields: Readonly<Record<string, unknown>>): SentRecording {
  const reader = new FieldReader(fields);
  const timestamp = reader.number('timestamp', 0, MESSAGE_BOUNDS.maxTimestamp, 'Unix seconds');
  const bytes = readBase64(reader, fields, 'audio_base64') ?? missing(reader, fields, 'audio_base64');
  const picture = readBase64(reader, fields, 'frame_data');
  const format = reader.text('audio_format', FORMAT_LENGTH)?.toLowerCase() ?? 'wav';
  const sampleRateHz = readInteger(reader, 'sample_rate', 8_000, 192_000) ?? DEFAULT_RATE_HZ;
  const channels = readInteger(reader, 'channels', 1, 2) ?? 1;
  const responseType = readResponseType(reader, fields);
  reader.check();
  if (!bytes) throw new AppError('invalid_message');
  const sound = RAW_FORMATS.has(format) ? pcmAsWav(bytes, sampleRateHz, channels) : bytes;
  return { bytes: sound, picture, timestamp, responseType };
}

function readBase64(
  reader: FieldReader,
  fields: Readonly<Record<string, unknown>>,
  name: string,
): Buffer<ArrayBuffer> | null {
  const value = fields[name] ?? null;
  if (value === null) return null;
  if (typeof value !== 'string') return reader.wrong(name, 'type', 'must be a base64 string');
  return decodeBase64(value) ?? reader.wrong(name, 'base64', 'must be base64 (RFC 4648), or a data: URL of it');
}

function missing(reader: FieldReader, fields: Readonly<Record<string, unknown>>, name: string): null {
  return (fields[name] ?? null) === null ? reader.wrong(name, 'required', 'is missing') : null;
}

function readInteger(reader: FieldReader, name: string, min: number, max: number): number | null {
  const value = reader.number(name, min, max, name === 'channels' ? 'channels' : 'hertz');
  return value === null || Number.isInteger(value) ? value : reader.wrong(name, 'type', 'must be a whole number');
}

function readResponseType(reader: FieldReader, fields: Readonly<Record<string, unknown>>): ResponseType {
  const given = fields['response_type'] ?? 'text';
  const known = RESPONSE_TYPES.find((type) => type === given);
  if (!known) reader.wrong('response_type', 'not_allowed', `must be one of ${RESPONSE_TYPES.join(', ')}`);
  return known ?? 'text';
}

function asObject(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new AppError('validation_failed', 'The body must be a JSON object with audio_base64, or a recording.', {
    fields: [{ pointer: '', code: 'wrong_type', detail: 'the body must be a JSON object' }],
  });
}
