import { randomBytes } from 'node:crypto';

/** What an id names; the prefix is part of the public form (`sess_…`). */
export const ID_PREFIXES = {
  session: 'sess',
  event: 'evt',
  frame: 'frm',
  analysis: 'ana',
  callout: 'call',
  request: 'req',
  connection: 'conn',
  api_key: 'key',
  session_token: 'tok',
  audit_entry: 'aud',
  webhook: 'whk',
  delivery: 'dlv',
  message: 'msg',
  utterance: 'utt',
  response: 'resp',
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 22; // 22 base-62 characters hold 131 bits

let pool = Buffer.alloc(0);
let poolOffset = 0;

/** One random byte below 248 (= 4 × 62), from a pool: one system call serves a few hundred ids. */
function unbiasedByte(): number {
  for (;;) {
    if (poolOffset >= pool.length) {
      pool = randomBytes(8192);
      poolOffset = 0;
    }
    const byte = pool[poolOffset++] ?? 255;
    if (byte < 248) return byte;
  }
}

/** A new unguessable, URL-safe id such as `sess_4GkT…` (131 random bits). */
export function newId(kind: IdKind): string {
  let id = `${ID_PREFIXES[kind]}_`;
  for (let i = 0; i < LENGTH; i++) id += ALPHABET[unbiasedByte() % 62] ?? '0';
  return id;
}

/** Whether `value` has the form of an id of this kind (it may still name nothing). */
export function isId(kind: IdKind, value: string): boolean {
  return new RegExp(`^${ID_PREFIXES[kind]}_[0-9A-Za-z]{${LENGTH}}$`).test(value);
}
