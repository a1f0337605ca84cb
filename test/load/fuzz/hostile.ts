import type { Random } from './random.js';

/** No address in here leads off this machine: the server may well call what it is given. */
const TEXTS: readonly [string, ...string[]] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\r\nX-Injected: 1',
  '\ud800',
  '\uffff\ufffe',
  '\u202egnirts',
  '👩‍👩‍👧‍👦'.repeat(40),
  'ä'.repeat(129),
  'x'.repeat(129),
  'x'.repeat(20_000),
  '../../../../etc/passwd',
  "'; DROP TABLE sessions; --",
  '${7*7}{{7*7}}<script>alert(1)</script>',
  '-1',
  '1e999',
  'NaN',
  'null',
  'true',
  '[]',
  '0x10',
  '9007199254740993',
  'http://127.0.0.1:9/',
  'https://127.0.0.1:9/hook',
  'http://[::1]:9/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  '2026-02-30T25:61:61Z',
  '__proto__',
  'constructor',
  'toString',
];

const NUMBERS: readonly [number, ...number[]] = [
  0,
  -0,
  -1,
  1,
  0.1,
  1.5,
  200,
  201,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 63,
  1e21,
  1e308,
  -1e308,
  5e-324,
];

export const hostileText = (random: Random): string => random.pick(TEXTS);

/** Any JSON value. */
export function hostileValue(random: Random): unknown {
  switch (random.below(7)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick(NUMBERS);
    case 3:
      return [];
    case 4:
      return nested(random);
    default:
      return hostileText(random);
  }
}

function nested(random: Random): unknown {
  let value: unknown = hostileText(random);
  const depth = 1 + random.below(40);
  for (let level = 0; level < depth; level++) value = random.chance(0.5) ? [value] : { [hostileText(random)]: value };
  return value;
}

/** The value with one thing about it changed, somewhere inside. */
export function mutated(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.1)) return hostileValue(random);
  if (Array.isArray(value)) return mutatedList(value, random);
  const fields = { ...(value as Record<string, unknown>) };
  const key = random.pick(Object.keys(fields));
  const action = random.below(5);
  if (key === undefined || action === 0) return { ...fields, [hostileText(random)]: hostileValue(random) };
  if (action === 1) delete fields[key];
  else fields[key] = mutated(fields[key], random);
  return fields;
}

function mutatedList(list: readonly unknown[], random: Random): unknown[] {
  switch (random.below(4)) {
    case 0:
      return [];
    case 1:
      return Array.from({ length: 1 + random.below(300) }, () => list[0]);
    case 2:
      return [...list, hostileValue(random)];
    default:
      return list.map((item, index) => (index === 0 ? mutated(item, random) : item));
  }
}

/** A body that is no JSON of anybody's. */
export function hostileBytes(random: Random): Buffer {
  const deep = 10 + random.below(5_000);
  return Buffer.from(
    random.pick([
      '',
      '{',
      '[1,',
      '"',
      'nul',
      '{"a":1}{"b":2}',
      '{"a":01}',
      '\ufeff{}',
      '['.repeat(deep),
      '{"a":'.repeat(deep),
      '"\\u',
      '\u0000\u0001\u0002',
      '{"__proto__":{"isAdmin":true}}',
      '{"user_id":"a","user_id":{}}',
      `{"user_id":"${'x'.repeat(70_000)}"}`,
      'user_id=a&b[]=1',
    ]),
    random.chance(0.2) ? 'utf16le' : 'utf8',
  );
}
