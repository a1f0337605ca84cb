import { AppError } from '@jiga/contracts';

/** A JSON message with its bulky base64 member taken out before parsing. */
export interface JsonEnvelope {
  /** Every member of the message; the lifted one is absent. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The characters of the lifted member (ASCII when it is base64), or null when the message has no such string. */
  readonly blob: string | null;
}

/** Everything but the lifted member may be this long: more would be parsed into far more memory than it is bytes. */
const MAX_ENVELOPE_BYTES = 64 * 1024;
const MAX_DEPTH = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * Reads one JSON object, lifting out the top-level string member `blobKey`, so that a picture of many kilobytes is
 * never part of a parsed string. Throws AppError `malformed_json` for what is no JSON, `invalid_message` for what is no
 * object, is nested too deeply or names the lifted member twice, `message_too_large` when the rest is too long.
 */
export function parseEnvelope(data: Buffer, blobKey: string): JsonEnvelope {
  const span = findMember(data, blobKey);
  const envelopeBytes = span ? data.length - (span.end - span.start) : data.length;
  if (envelopeBytes > MAX_ENVELOPE_BYTES) throw envelopeTooLarge(blobKey);
  if (!span) return { fields: parseObject(data.toString('utf8')), blob: null };
  const rest = `${data.toString('utf8', 0, span.start)}""${data.toString('utf8', span.end)}`;
  const { [blobKey]: _lifted, ...fields } = parseObject(rest);
  return { fields, blob: readBlob(data, span) };
}

/** One JSON object from text. Throws AppError `malformed_json` or `invalid_message`. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError('malformed_json', 'The message is not valid JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('invalid_message', 'A message is a JSON object with a type');
  }
  return value as Record<string, unknown>;
}

/** Where a string token stands, its quotes included. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the string value of a top-level member by walking the JSON tokens. Strings are skipped at the speed of
 * memchr; all other bytes together are bounded, so the walk is short whatever the message is.
 */
function findMember(data: Buffer, key: string): Span | null {
  let found: Span | null = null;
  let depth = 0;
  let expectsKey = true;
  let isWanted = false;
  let visited = 0;
  for (let at = 0; at < data.length; at++) {
    const byte = data[at];
    if (++visited > MAX_ENVELOPE_BYTES) throw envelopeTooLarge(key);
    if (byte === QUOTE) {
      const end = endOfString(data, at);
      if (depth === 1 && expectsKey)
        isWanted = end - at - 2 === key.length && data.toString('latin1', at + 1, end - 1) === key;
      else if (depth === 1 && isWanted) {
        if (found) throw new AppError('invalid_message', `The message names ${key} twice`);
        found = { start: at, end };
      }
      at = end - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth === 1) [expectsKey, isWanted] = [true, false];
      if (depth > MAX_DEPTH)
        throw new AppError('invalid_message', `The message is nested deeper than ${MAX_DEPTH} levels`);
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
    else if (depth === 1 && byte === COLON) expectsKey = false;
    else if (depth === 1 && byte === COMMA) expectsKey = true;
  }
  return found;
}

/** Index after the closing quote of the string whose opening quote is at `start`. */
export function endOfString(data: Buffer, start: number): number {
  let quote = data.indexOf(QUOTE, start + 1);
  while (quote !== -1) {
    let backslashes = 0;
    while (data[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    quote = data.indexOf(QUOTE, quote + 1);
  }
  throw new AppError('malformed_json', 'The message is not valid JSON');
}

/** The string's characters. Escapes are rare in base64, but some encoders write `\/` for `/`. */
function readBlob(data: Buffer, { start, end }: Span): string {
  const backslash = data.indexOf(BACKSLASH, start);
  if (backslash === -1 || backslash >= end) return data.toString('latin1', start + 1, end - 1);
  try {
    return String(JSON.parse(data.toString('utf8', start, end)));
  } catch {
    throw new AppError('malformed_json', 'The message is not valid JSON');
  }
}

const envelopeTooLarge = (blobKey: string): AppError =>
  new AppError('message_too_large', `Without ${blobKey} a message may be ${MAX_ENVELOPE_BYTES} bytes long`);
