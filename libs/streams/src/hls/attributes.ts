const LINE_MAX_CHARS = 4096;

/**
 * Attributes of a tag (RFC 8216, 4.2): `NAME=value,NAME="quoted, with commas"`. What is malformed is left out; an unclosed
 * quote ends the list.
 */
export function parseAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  const pattern = /([A-Z0-9-]+)=("([^"]*)"|[^",]*)(?:,|$)/gy;
  for (const [, name = '', raw = '', quoted] of text.trim().matchAll(pattern)) attributes.set(name, quoted ?? raw);
  return attributes;
}

/** Lines of a playlist without what surrounds them; null when it is none. A byte order mark and CRLF are put up with. */
export function playlistLines(text: string): string[] | null {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  if (lines[0]?.trim() !== '#EXTM3U') return null;
  // A longer line is neither a tag that is read nor a URL that may be fetched.
  return lines.map((line) => (line.length > LINE_MAX_CHARS ? '' : line.trim())).filter((line) => line !== '');
}

/** The text after `#NAME:`, or null when the line is another tag. */
export const tagValue = (line: string, name: string): string | null =>
  line.startsWith(`${name}:`) ? line.slice(name.length + 1) : null;

/** Unix seconds of an ISO date; null when there is none. */
export function secondsOf(date: string | undefined): number | null {
  const ms = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(ms) ? null : ms / 1000;
}

/** A finite number that is not negative; null for anything else. */
export function amountOf(text: string | undefined): number | null {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : null;
}
