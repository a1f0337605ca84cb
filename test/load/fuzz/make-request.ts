import type { ApiContent, ApiParameter, Target } from './document.js';
import { hostileBytes, hostileText, hostileValue, mutated } from './hostile.js';
import type { Random } from './random.js';

export interface FuzzRequest {
  readonly target: Target;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** What a run has to go by. */
export interface Corpus {
  readonly key: string;
  /** Ids that answers named, by prefix (`sess`, `whk`, …), newest last. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  /** A picture that is one. */
  readonly picture: Buffer;
}

const PREFIX_OF: Readonly<Record<string, string>> = {
  session_id: 'sess',
  webhook_id: 'whk',
  key_id: 'key',
  delivery_id: 'dlv',
};
const MEDIA_TYPES: readonly [string, ...string[]] = [
  'application/json; charset=utf-16',
  'application/merge-patch+json',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'image/png',
  'image/webp',
  'text/plain',
  'text/event-stream',
  'application/json;;;',
  'nonsense',
  '/',
  '*/*',
];
const ODD_FIELDS: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['x-request-id', '\u00ff'.repeat(300)],
  ['idempotency-key', 'x'.repeat(256)],
  ['idempotency-key', 'the same'],
  ['idempotency-key', 'the-same-key'],
  ['idempotency-key', ''],
  ['last-event-id', 'evt_0000000000000000000000'],
  ['last-event-id', '\u00e9\u00e9'],
  ['traceparent', '00-zz-zz-zz'],
  ['content-encoding', 'gzip'],
  ['x-forwarded-for', '::ffff:1.2.3.4, nonsense'],
  ['x-forwarded-proto', 'javascript'],
  ['host', 'nonsense\u00ff:99999'],
  ['origin', 'null'],
  ['range', 'bytes=0-'],
  ['expect', 'everything'],
  ['if-none-match', '*'],
  ['cookie', '='.repeat(2_000)],
  ['x-long', 'y'.repeat(20_000)],
  ['upgrade', 'websocket'],
];

export function makeRequest(target: Target, corpus: Corpus, random: Random): FuzzRequest {
  const parameters = target.operation.parameters ?? [];
  const path = target.path.replace(/\{(\w+)\}/g, (_, name: string) => pathPart(name, corpus, random));
  const { body, type } = makeBody(target, corpus, random);
  return {
    target,
    method: target.method,
    path: path + makeQuery(parameters, random),
    headers: { ...makeHeaders(corpus, random), ...(type !== null && { 'content-type': type }) },
    body,
  };
}

function pathPart(name: string, { ids }: Corpus, random: Random): string {
  const prefix = PREFIX_OF[name] ?? 'id';
  const known = ids.get(prefix)?.slice(-20) ?? [];
  if (known.length > 0 && random.chance(0.75)) return random.pick(known) ?? '';
  const odd: readonly [string, ...string[]] = [
    `${prefix}_0000000000000000000000`,
    '%00',
    '%ff',
    '%',
    '..',
    '..%2f..%2fhealth',
    '%F0%9F%98%80',
    'x'.repeat(5_000),
    'constructor',
    '%5B%5D',
  ];
  return random.chance(0.7) ? random.pick(odd) : encode(hostileText(random));
}

function makeQuery(parameters: readonly ApiParameter[], random: Random): string {
  const parts: string[] = [];
  const add = (name: string, value: unknown): void => {
    parts.push(`${encode(name)}=${encode(String(value))}`);
  };
  for (const { name, schema = {} } of parameters.filter((parameter) => parameter.in === 'query')) {
    const choices = (schema['enum'] as unknown[] | undefined) ?? [schema['example'], schema['default'], 1];
    if (random.chance(0.3)) add(name, random.pick(choices) ?? 'text');
    else if (random.chance(0.25)) add(name, hostileText(random));
    if (random.chance(0.04)) add(name, hostileText(random));
    if (random.chance(0.03)) add(`${name}[key]`, hostileText(random));
  }
  if (random.chance(0.04)) add(hostileText(random), hostileText(random));
  if (random.chance(0.02)) parts.push('%ff=%ff&&=&%');
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

/** Half a surrogate pair has no encoding; these are the bytes that a careless client would send for it. */
const encode = (text: string): string => (/\p{Cs}/u.test(text) ? '%ED%A0%80' : encodeURIComponent(text));

function makeHeaders({ key }: Corpus, random: Random): Record<string, string> {
  const credentials: readonly [string, ...string[]] = [
    'Bearer',
    'Bearer wrong',
    'Basic YTpi',
    `Bearer ${key} x`,
    '\u00ff',
  ];
  const headers: Record<string, string> = {
    authorization: random.chance(0.93) ? `Bearer ${key}` : random.pick(credentials),
  };
  if (random.chance(0.15)) headers['accept'] = random.chance(0.5) ? random.pick(MEDIA_TYPES) : hostileAscii(random);
  while (random.chance(0.12)) {
    const [name, value] = random.pick(ODD_FIELDS);
    headers[name] = value;
  }
  return headers;
}

/** Node's client refuses to send what no header field may hold. */
const hostileAscii = (random: Random): string => hostileText(random).replace(/[^\t\u0020-\u007e]/g, '');

function makeBody(
  { operation, method }: Target,
  { picture }: Corpus,
  random: Random,
): { readonly body: Buffer | null; readonly type: string | null } {
  const content = operation.requestBody?.content;
  if (!content && !(method !== 'GET' && random.chance(0.15))) return { body: null, type: null };
  const type = random.chance(0.08)
    ? random.pick(MEDIA_TYPES)
    : (random.pick(Object.keys(content ?? {})) ?? 'application/json');
  if (random.chance(0.05)) return { body: null, type };
  if (random.chance(0.08)) return { body: hostileBytes(random), type };
  if (type.startsWith('image/')) return { body: cut(picture, random), type };
  const valid = validBody(content?.['application/json'], random);
  const json = random.chance(0.35) ? valid : mutated(random.chance(0.3) ? mutated(valid, random) : valid, random);
  const text = atHome(JSON.stringify(json) ?? '').replace('base64,…', `base64,${picture.toString('base64')}`);
  return { body: Buffer.from(text), type };
}

const cut = (picture: Buffer, random: Random): Buffer =>
  random.chance(0.6) ? picture : picture.subarray(0, random.below(picture.length));

function validBody(content: ApiContent | undefined, random: Random): unknown {
  const shown = Object.values(content?.examples ?? {}).map(({ value }) => value);
  return shown.length > 0 ? random.pick(shown) : (content?.example ?? (random.chance(0.5) ? {} : hostileValue(random)));
}

/** The examples' addresses are somebody's: the server must not call them. */
const atHome = (json: string): string => json.replaceAll(/https?:\/\/[a-z][^/"\\:]*/gi, 'https://127.0.0.1:9');
