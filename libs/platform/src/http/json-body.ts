import type { FastifyInstance, FastifyRequest } from 'fastify';

import { AppError } from '@jiga/contracts';

/** Deeper than anything the API takes; walking what is deeper could exhaust the stack. */
const MAX_DEPTH = 32;

/**
 * JSON is the only body that is parsed unless a route says otherwise; anything else is 415. An empty body is no body,
 * since many clients send a content type with every request. A body is taken as it is: one that is compressed is 415.
 */
export function parseOnlyJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding.toLowerCase() === 'identity' || !hasBody(request)) return done(null, payload);
    void reply.header('accept-encoding', 'identity');
    done(new AppError('unsupported_media_type', 'A body is taken without Content-Encoding only.'));
  });
  fastify.addContentTypeParser(/^application\/([\w.-]+\+)?json\b/, { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(decode(body as Buffer)));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** A body that is read: of GET and HEAD none is, whatever their header fields say. */
const hasBody = ({ method, headers }: FastifyRequest): boolean =>
  method !== 'GET' &&
  method !== 'HEAD' &&
  (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** RFC 8259 §8.1 knows no other encoding; replacing what is none would change what the client said. */
function decode(body: Buffer): string {
  try {
    return UTF8.decode(body);
  } catch (error) {
    throw new AppError('malformed_json', 'The body is not valid UTF-8.', { cause: error });
  }
}

/** Throws AppError `malformed_json` for text that is not JSON, or is nested past any use. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  if (nestingOf(text) > MAX_DEPTH) {
    throw new AppError('malformed_json', `The body is nested deeper than ${MAX_DEPTH} levels.`);
  }
  try {
    return JSON.parse(text, dropPrototypeKeys);
  } catch (error) {
    // The parser's own message quotes the body, which may hold what must not be repeated.
    throw new AppError('malformed_json', undefined, { cause: error });
  }
}

/** `__proto__` as a key would set the prototype of the objects it is copied into. */
function dropPrototypeKeys(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('__proto__ is not a key that is taken');
  return value;
}

/** How deep brackets are nested outside strings, without parsing. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '"') i = endOfString(text, i);
    else if (char === '[' || char === '{') deepest = Math.max(deepest, ++depth);
    else if (char === ']' || char === '}') depth--;
  }
  return deepest;
}

/** Index of the quote that ends the string which starts at `start`; the text's length when none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
