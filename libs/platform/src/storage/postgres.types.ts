/** PostgreSQL's object ids of the types that would otherwise read differently from SQLite. */
const INT8 = 20;
const NUMERIC = 1700;
const JSON_TYPES: ReadonlySet<number> = new Set([114, 3802]);

type ParseText = (text: string) => unknown;

/** How PostgreSQL's values are read, so that a query gives what SQLite would: numbers for counts, text for JSON. */
export function parserOf(oid: number, otherwise: ParseText): ParseText {
  if (oid === INT8) return toInteger;
  if (oid === NUMERIC) return Number;
  return JSON_TYPES.has(oid) ? String : otherwise;
}

/** Counts and sizes stay far below 2^53; a value that does not must not be rounded in silence. */
function toInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is larger than a number can hold exactly`);
  return value;
}
