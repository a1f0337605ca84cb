import { AppError } from '@jiga/contracts';

import { endOfString, parseObject } from './json-envelope.js';

/** A JSON message with the bulky strings of the objects in its arrays taken out before parsing. */
export interface BatchEnvelope {
  /** Every member of the message; where a string was taken out, an empty one stands. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The characters of what was taken out, in the order of the message. */
  readonly blobs: readonly string[];
}

/** Everything but the lifted members may be this long. */
const MAX_ENVELOPE_BYTES = 64 * 1024;
const MAX_DEPTH = 32;
/** The object, the array in it, the objects in that. */
const MEMBER_DEPTH = 3;
/** More are refused before anything is made of them. */
const MAX_BLOBS = 64;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads one JSON object, lifting out each string member `blobKey` of the objects that stand in its arrays, such as
 * `{"frames":[{"frame_data":"…"}]}`. Throws AppError `malformed_json`, `invalid_message` or `message_too_large`.
 */
export function parseBatch(data: Buffer, blobKey: string): BatchEnvelope {
  const spans = findMembers(data, blobKey);
  let lifted = 0;
  let rest = '';
  let from = 0;
  for (const { start, end } of spans) {
    rest += `${data.toString('utf8', from, start)}""`;
    lifted += end - start;
    from = end;
  }
  if (data.length - lifted > MAX_ENVELOPE_BYTES) throw tooLarge(blobKey);
  const fields = parseObject(rest + data.toString('utf8', from));
  return { fields, blobs: spans.map((span) => readString(data, span)) };
}

function findMembers(data: Buffer, key: string): Span[] {
  const found: Span[] = [];
  let depth = 0;
  let expectsKey = false;
  let isWanted = false;
  let visited = 0;
  for (let at = 0; at < data.length; at++) {
    if (++visited > MAX_ENVELOPE_BYTES) throw tooLarge(key);
    const byte = data[at];
    if (byte === QUOTE) {
      const end = endOfString(data, at);
      if (depth === MEMBER_DEPTH && expectsKey) isWanted = data.toString('latin1', at + 1, end - 1) === key;
      else if (depth === MEMBER_DEPTH && isWanted) found.push({ start: at, end });
      if (found.length > MAX_BLOBS)
        throw new AppError('invalid_message', `The message has more than ${MAX_BLOBS} ${key}`);
      at = end - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth === MEMBER_DEPTH) [expectsKey, isWanted] = [byte === OPEN_BRACE, false];
      if (depth > MAX_DEPTH)
        throw new AppError('invalid_message', `The message is nested deeper than ${MAX_DEPTH} levels`);
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
    else if (depth === MEMBER_DEPTH && byte === COLON) expectsKey = false;
    else if (depth === MEMBER_DEPTH && byte === COMMA) [expectsKey, isWanted] = [true, false];
  }
  return found;
}

/** Escapes are rare in base64, but some encoders write `\/` for `/`. */
function readString(data: Buffer, { start, end }: Span): string {
  const text = data.toString('latin1', start + 1, end - 1);
  if (!text.includes('\\')) return text;
  try {
    return String(JSON.parse(data.toString('utf8', start, end)));
  } catch {
    throw new AppError('malformed_json', 'The message is not valid JSON');
  }
}

const tooLarge = (blobKey: string): AppError =>
  new AppError('message_too_large', `Without ${blobKey} a message may be ${MAX_ENVELOPE_BYTES} bytes long`);
