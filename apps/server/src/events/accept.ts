export const EVENT_STREAM = 'text/event-stream';

/**
 * Whether a client wants a live feed (RFC 9110 §12.5.1): it names event streams, and does not like JSON better. Everybody
 * accepts anything, so a range with `*` asks for none.
 */
export function wantsStream(accept = ''): boolean {
  const weights = new Map(accept.split(',').map((range) => [typeOf(range), weightOf(range)]));
  const stream = weights.get(EVENT_STREAM) ?? 0;
  return stream > 0 && stream >= (weights.get('application/json') ?? 0);
}

const typeOf = (range: string): string => range.split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** 1 where none is given, or none that can be read. */
function weightOf(range: string): number {
  const [, given] = /;\s*q\s*=\s*([\d.]+)/i.exec(range) ?? [];
  const weight = given === undefined ? 1 : Number(given);
  return Number.isNaN(weight) ? 1 : weight;
}
