import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

import type { Clock } from '@jiga/contracts';
import { limitTime, orAborted, resolveHost, type ResolveHost } from '@jiga/platform';

import { StreamError } from '../stream-error.js';
import type { StreamHttp, StreamRequest, StreamResponse } from '../stream-ingest.port.js';
import { NodeTransport, type Transport, type TransportResponse } from './transport.js';
import { checkedAddresses, checkStreamUrl } from './url-guard.js';

const REDIRECTS_MAX = 3;
const REDIRECT_STATUS = new Set([301, 302, 303, 307, 308]);
/** What is meant for the host that was asked, and not for one that it points to. */
const HOST_HEADERS = new Set(['authorization', 'cookie', 'client-id']);
const DECODERS: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

export interface GuardedHttpOptions {
  readonly clock: Clock;
  readonly resolve?: ResolveHost;
  readonly transport?: Transport;
}

/** The {@link StreamHttp} that everything from outside goes through. */
export class GuardedHttp implements StreamHttp {
  readonly #clock: Clock;
  readonly #resolve: ResolveHost;
  readonly #transport: Transport;

  constructor({ clock, resolve = resolveHost, transport = new NodeTransport() }: GuardedHttpOptions) {
    this.#clock = clock;
    this.#resolve = resolve;
    this.#transport = transport;
  }

  async fetch(request: StreamRequest, signal: AbortSignal): Promise<StreamResponse> {
    signal.throwIfAborted();
    const limit = limitTime(this.#clock, request.timeoutMs, signal);
    try {
      return await this.#follow(request, limit.signal);
    } catch (error) {
      signal.throwIfAborted();
      if (limit.hasPassed) throw new StreamError('timeout');
      throw error instanceof StreamError ? error : new StreamError('upstream', factsOf(error));
    } finally {
      limit.end();
    }
  }

  /** Drops the connections that are kept. */
  close(): void {
    this.#transport.close();
  }

  async #follow(request: StreamRequest, signal: AbortSignal): Promise<StreamResponse> {
    let url = checkStreamUrl(request.url, request.hosts);
    let headers = { 'accept-encoding': 'identity', ...request.headers };
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#send(url, request, headers, signal);
      const location = REDIRECT_STATUS.has(answer.status) && !request.body ? answer.headers['location'] : undefined;
      if (location === undefined) return await read(answer, url, request.maxBytes, signal);
      answer.discard();
      if (redirects === REDIRECTS_MAX) throw new StreamError('upstream', { redirects });
      const next = checkStreamUrl(location, request.hosts, url.href);
      if (next.host !== url.host) headers = withoutHostHeaders(headers);
      url = next;
    }
  }

  async #send(
    url: URL,
    request: StreamRequest,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<TransportResponse> {
    const { hosts, method = 'GET', body = null } = request;
    const addresses = await orAborted(checkedAddresses(url, hosts, this.#resolve), signal);
    return await this.#transport.send({ url, addresses, method, headers, body }, signal);
  }
}

async function read(
  answer: TransportResponse,
  url: URL,
  maxBytes: number,
  signal: AbortSignal,
): Promise<StreamResponse> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isWhole = false;
  try {
    if (Number(answer.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
    for await (const chunk of answer.body) {
      signal.throwIfAborted();
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
    isWhole = true;
  } finally {
    if (!isWhole) answer.discard();
  }
  const expected = answer.headers['content-length'];
  if (expected !== undefined && Number(expected) !== bytes) throw new StreamError('upstream', { isCutShort: true });
  const body = decompressed(Buffer.concat(chunks), answer.headers['content-encoding'], maxBytes);
  return { status: answer.status, headers: answer.headers, body, url: url.href };
}

/** Asked for as it is; some servers compress all the same. */
function decompressed(bytes: Buffer, encoding: string | undefined, maxBytes: number): Buffer {
  const name = encoding?.trim().toLowerCase() ?? 'identity';
  if (name === 'identity' || name === '' || bytes.length === 0) return bytes;
  const decode = DECODERS[name];
  if (!decode) throw new StreamError('upstream');
  try {
    return decode(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const isTooLarge = codeOf(error) === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge ? tooLarge() : new StreamError('upstream');
  }
}

const tooLarge = (): StreamError => new StreamError('upstream', { tooLarge: true });

const withoutHostHeaders = <T extends Readonly<Record<string, string>>>(headers: T): T =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOST_HEADERS.has(name.toLowerCase()))) as T;

/** Of the error of a connection only its code: the rest names hosts and addresses. */
function factsOf(error: unknown): { cause?: `E${string}` } {
  const code = codeOf(error);
  return /^E[A-Z_]{2,40}$/.test(code) ? { cause: code as `E${string}` } : {};
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
