import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';

import type { Clock } from '@jiga/contracts';
import { hostOf, limitTime, orAborted, pinnedTo, type ResolveHost } from '@jiga/platform';

import type { AttemptResult } from '../delivery-outcome.js';
import type { AttemptError } from '../webhook.js';
import { checkTargetUrl, resolveTarget, TargetRefused } from './target-address.js';

/** Of an answer's body no more is read: only the status counts. */
const RESPONSE_MAX_BYTES = 64 * 1024;
const RESPONSE_HEADERS_MAX_BYTES = 16 * 1024;

export interface HttpSenderOptions {
  readonly clock: Clock;
  /** For the whole attempt: looking up, connecting, sending and reading the answer. */
  readonly timeoutMs: number;
  readonly allowedHosts: readonly string[];
  readonly resolve: ResolveHost;
}

export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Answer = Pick<AttemptResult, 'status' | 'error' | 'retryAfterS'>;

/** Sends one message to one receiver: once, to a checked address, following nothing, within a time. */
export class HttpSender {
  constructor(private readonly options: HttpSenderOptions) {}

  /** Never rejects. `signal` ends it early, with the error `stopped`. */
  async post(posting: Posting, signal: AbortSignal): Promise<AttemptResult> {
    const { clock, timeoutMs } = this.options;
    const startedAt = clock.monotonicMs();
    const limit = limitTime(clock, timeoutMs, signal);
    try {
      const answer = await this.#attempt(posting, limit.signal);
      return { ...answer, durationMs: clock.monotonicMs() - startedAt };
    } catch (thrown) {
      const error = signal.aborted ? 'stopped' : limit.hasPassed ? 'timeout' : errorOf(thrown);
      return { status: null, error, retryAfterS: null, durationMs: clock.monotonicMs() - startedAt };
    } finally {
      limit.end();
    }
  }

  async #attempt(posting: Posting, ending: AbortSignal): Promise<Answer> {
    const { allowedHosts, resolve } = this.options;
    const url = checkTargetUrl(posting.url, allowedHosts);
    const addresses = await orAborted(resolveTarget(url, allowedHosts, resolve), ending);
    const response = await open(url, addresses, posting, ending);
    const status = response.statusCode ?? 0;
    await drain(response, ending);
    if (status >= 200 && status < 300) return { status, error: null, retryAfterS: null };
    const error = status >= 300 && status < 400 ? 'redirected' : 'http_status';
    return { status, error, retryAfterS: retryAfterOf(response, this.options.clock) };
  }
}

/** The answer to the request, its body still to come. */
function open(
  url: URL,
  addresses: readonly LookupAddress[],
  { headers, body }: Posting,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const host = hostOf(url);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    // A connection of its own: one kept alive might have been made for another host.
    agent: false as const,
    lookup: pinnedTo(addresses),
    maxHeaderSize: RESPONSE_HEADERS_MAX_BYTES,
    signal,
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = send(url, options, resolve);
    request.on('error', reject);
    request.end(body);
  });
}

/** Reads the body to its end, or to the limit. */
async function drain(response: IncomingMessage, signal: AbortSignal): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > RESPONSE_MAX_BYTES) break;
    }
  } catch (error) {
    // The status has come; a connection that breaks after it changes nothing. Being stopped does.
    if (signal.aborted) throw error;
  } finally {
    response.destroy();
  }
}

function errorOf(thrown: unknown): AttemptError {
  if (thrown instanceof TargetRefused) return 'address_refused';
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') return 'host_not_found';
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code)) return 'tls_failed';
  return 'connection_failed';
}

/** Seconds, from a number or from an HTTP date. */
function retryAfterOf(response: IncomingMessage, clock: Clock): number | null {
  const text = response.headers['retry-after']?.trim();
  if (!text) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, (at - clock.nowMs()) / 1000);
}
