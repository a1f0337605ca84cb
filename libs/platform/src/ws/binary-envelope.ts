import { AppError } from '@jiga/contracts';

import { parseObject } from './json-envelope.js';

/** A binary message: a JSON header and the bytes that it describes. */
export interface BinaryEnvelope {
  readonly fields: Readonly<Record<string, unknown>>;
  /** A view into the message: copy what must outlive it. */
  readonly payload: Buffer;
}

const LENGTH_BYTES = 4;
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Splits a binary message: the header's length in bytes (unsigned 32 bits, big-endian), the header (a JSON object,
 * UTF-8), the payload. Throws AppError `invalid_message` or `malformed_json`.
 */
export function splitBinary(data: Buffer): BinaryEnvelope {
  if (data.length < LENGTH_BYTES)
    throw new AppError('invalid_message', 'A binary message begins with 4 bytes of length');
  const headerBytes = data.readUInt32BE(0);
  const payloadAt = LENGTH_BYTES + headerBytes;
  if (headerBytes > MAX_HEADER_BYTES || payloadAt > data.length) {
    throw new AppError(
      'invalid_message',
      `The header of ${headerBytes} bytes is longer than ${headerBytes > MAX_HEADER_BYTES ? `${MAX_HEADER_BYTES} bytes` : 'the message'}`,
    );
  }
  return { fields: parseObject(data.toString('utf8', LENGTH_BYTES, payloadAt)), payload: data.subarray(payloadAt) };
}

/** The other way round: what {@link splitBinary} takes apart. */
export function joinBinary(json: string, payload: Uint8Array): Buffer {
  const header = Buffer.from(json);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(header.length);
  return Buffer.concat([length, header, payload]);
}
