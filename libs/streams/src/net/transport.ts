import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';

import { hostOf, pinnedTo } from '@jiga/platform';

export interface TransportRequest {
  readonly url: URL;
  /** Where to connect: nothing else may be looked up. */
  readonly addresses: readonly LookupAddress[];
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Buffer>;
  /** Drops what has not been read. */
  discard(): void;
}

/** One HTTP exchange, following nothing. Rejects with the error of the connection. */
export interface Transport {
  send(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse>;
  close(): void;
}

const RESPONSE_HEADERS_MAX_BYTES = 16 * 1024;
const SOCKETS_PER_HOST_MAX = 4;
const IDLE_SOCKET_MS = 20_000;

/**
 * HTTP of Node. Connections are kept for the next poll: a connection that is used again leads to the address that was
 * checked when it was made.
 */
export class NodeTransport implements Transport {
  readonly #agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: SOCKETS_PER_HOST_MAX, timeout: IDLE_SOCKET_MS }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: SOCKETS_PER_HOST_MAX, timeout: IDLE_SOCKET_MS }),
  };

  send(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
    const { url, addresses, method, headers, body } = request;
    const isTls = url.protocol === 'https:';
    const host = hostOf(url);
    const options = {
      method,
      headers: { ...headers, ...(body !== null && { 'content-length': Buffer.byteLength(body) }) },
      agent: this.#agents[isTls ? 'https:' : 'http:'],
      lookup: pinnedTo(addresses),
      maxHeaderSize: RESPONSE_HEADERS_MAX_BYTES,
      signal,
      ...(isTls && isIP(host) === 0 ? { servername: host } : {}),
    };
    return new Promise((resolve, reject) => {
      const call = (isTls ? httpsRequest : httpRequest)(url, options, (message) => resolve(answerOf(message)));
      call.on('error', reject);
      call.end(body ?? undefined);
    });
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

function answerOf(message: IncomingMessage): TransportResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    status: message.statusCode ?? 0,
    headers,
    body: message as AsyncIterable<Buffer>,
    discard: () => void message.destroy(),
  };
}
