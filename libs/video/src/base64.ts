const DATA_URL = /^data:[\w.+-]+\/[\w.+-]+(?:;[\w.+=-]+)*;base64,/;
const DATA_URL_MAX = 200;

/**
 * Bytes of standard base64 (RFC 4648 §4, padding may be left out), optionally behind a `data:` URL's head. Null for
 * anything else: other characters, white space, a length that no bytes have. The bytes have a buffer of their own.
 */
export function decodeBase64(text: string): Buffer<ArrayBuffer> | null {
  const start = text.startsWith('data:') ? (DATA_URL.exec(text.slice(0, DATA_URL_MAX))?.[0].length ?? -1) : 0;
  if (start < 0) return null;
  const characters = start === 0 ? text : text.slice(start);
  const length = unpaddedLength(characters);
  if (length === null) return null;
  const bytes = Buffer.allocUnsafeSlow(Math.floor((length * 3) / 4));
  // The decoder skips what is no base64, so that less is written; URL-safe characters it takes for the standard ones.
  const written = bytes.write(characters, 'base64');
  return written === bytes.length && !characters.includes('-') && !characters.includes('_') ? bytes : null;
}

/** Length without padding; null when no bytes encode to it or the padding does not fit. */
function unpaddedLength(text: string): number | null {
  let end = text.length;
  while (end > 0 && text.length - end < 2 && text[end - 1] === '=') end -= 1;
  const isPadded = end !== text.length;
  if (end === 0 || end % 4 === 1 || (isPadded && text.length % 4 !== 0)) return null;
  return end;
}
