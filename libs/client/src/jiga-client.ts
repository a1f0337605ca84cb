import type { Permission, SessionRequest } from '@jiga/contracts';
import { AudioConnection, type AudioOptions } from './audio-connection.js';
import { EventsConnection, type EventsOptions } from './events-connection.js';
import type { VideoOptions } from './frame-connection.js';
import { HighSpeedConnection } from './high-speed-connection.js';
import { JigaError } from './jiga-error.js';
import type { SocketDependencies } from './reconnecting-socket.js';
import type { WebSocketConstructor } from './socket.js';
import type { ClientClock } from './system-clock.js';
import type { IssuedToken, Session, SessionToken } from './types.js';
import { VideoConnection } from './video-connection.js';

export interface JigaClientOptions {
  /** Where the server is, such as `http://127.0.0.1:3000`. */
  readonly baseUrl: string;
  /** API key, JWT or session token. */
  readonly apiKey?: string;
  readonly fetch?: typeof globalThis.fetch;
  /** For runtimes without a global WebSocket (Node 20): the class of the package `ws`. */
  readonly WebSocket?: WebSocketConstructor;
  /** Default 15 s. */
  readonly requestTimeoutMs?: number;
  readonly clock?: ClientClock;
}

const BASE_PATH = '/api/v1/jiga';

/** Sessions over HTTP and their sockets. Holds no connection itself. */
export class JigaClient {
  private readonly base: string;

  constructor(private readonly options: JigaClientOptions) {
    const trimmed = options.baseUrl.replace(/\/+$/, '');
    this.base = trimmed.endsWith(BASE_PATH) ? trimmed : trimmed + BASE_PATH;
  }

  createSession(request: SessionRequest): Promise<Session> {
    // The key makes a repeated POST (by a proxy, or by the caller after a timeout of the network) one session.
    const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
    return this.request('POST', '/sessions', { headers, body: JSON.stringify(request) });
  }

  getSession(sessionId: string): Promise<Session> {
    return this.request('GET', `/sessions/${encodeURIComponent(sessionId)}`);
  }

  /** Closes the session; returns it as it ended. */
  deleteSession(sessionId: string): Promise<Session> {
    return this.request('DELETE', `/sessions/${encodeURIComponent(sessionId)}`);
  }

  /** A token that is good for this session alone; without options for viewing, for an hour. */
  createToken(
    sessionId: string,
    options: { readonly permissions?: Permission; readonly ttl_seconds?: number } = {},
  ): Promise<SessionToken> {
    return this.call('POST', `/sessions/${encodeURIComponent(sessionId)}/tokens`, options);
  }

  /** Revokes a token at once, with the sockets that it opened and the tokens that it issued. */
  revokeToken(sessionId: string, tokenId: string): Promise<IssuedToken> {
    return this.call('DELETE', `/sessions/${encodeURIComponent(sessionId)}/tokens/${encodeURIComponent(tokenId)}`);
  }

  /** Revokes all tokens of the session at once; returns how many. */
  async revokeTokens(sessionId: string): Promise<number> {
    const path = `/sessions/${encodeURIComponent(sessionId)}/tokens`;
    return (await this.call<{ readonly revoked: number }>('DELETE', path)).revoked;
  }

  /**
   * Any other route of the API, such as `call('PUT', `/sessions/${id}/voice-settings`, {…})`.
   * @param path below `/api/v1/jiga`, with its query
   * @param body sent as JSON
   * @returns the body of the answer; undefined when it has none. Rejects with JigaError, as every method does.
   */
  call<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T> {
    if (body === undefined) return this.request(method, path);
    return this.request(method, path, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  /** A connection to the session's video socket; call `connect()` on it. */
  video(session: Pick<Session, 'endpoints'>, options: VideoOptions = {}): VideoConnection {
    return new VideoConnection(this.dependencies(session.endpoints.stream_direct_video), options);
  }

  /**
   * A connection to the session's high-speed socket; call `connect()` on it. Throws JigaError `client_no_high_speed` for a
   * session that was made without `high_speed_vision`.
   */
  highSpeed(session: Pick<Session, 'endpoints'>, options: VideoOptions = {}): HighSpeedConnection {
    const url = session.endpoints['high_speed_stream'] ?? null;
    if (url === null) {
      throw new JigaError('client_no_high_speed', 'The session was made without high_speed_vision: use video()');
    }
    return new HighSpeedConnection(this.dependencies(url), options);
  }

  /** A connection to the session's audio socket; call `connect()` on it. */
  audio(session: Pick<Session, 'endpoints'>, options: AudioOptions = {}): AudioConnection {
    return new AudioConnection(this.dependencies(session.endpoints.audio_stream), options);
  }

  /** A connection to the session's timeline as it grows; call `connect()` on it. */
  events(session: Pick<Session, 'endpoints'>, options: EventsOptions = {}): EventsConnection {
    return new EventsConnection(this.dependencies(session.endpoints.events_stream), options);
  }

  private dependencies(url: string): SocketDependencies {
    const { apiKey, clock } = this.options;
    const WebSocket = this.options.WebSocket ?? globalWebSocket();
    return { url, credential: apiKey, WebSocket, ...(clock ? { clock } : {}) };
  }

  private async request<T>(method: string, path: string, init: { headers?: object; body?: string } = {}): Promise<T> {
    const { apiKey, fetch = globalThis.fetch, requestTimeoutMs = 15_000 } = this.options;
    const authorization = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.base + path, {
        ...init,
        method,
        headers: { accept: 'application/json', ...authorization, ...init.headers },
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      text = await response.text();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new JigaError('client_unreachable', `${this.base + path}: ${reason}`, { retryable: true, cause });
    }
    const body = parseJson(text);
    if (!response.ok) throw problemError(response.status, body);
    if (body === undefined && text !== '') {
      throw new JigaError('client_http_error', `${this.base + path}: the answer is no JSON`, {
        status: response.status,
      });
    }
    return body as T;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * An RFC 9457 problem document as an error. An answer that is none (a proxy's page) still says its status, by which is judged
 * then whether the same may succeed later.
 */
function problemError(status: number, body: unknown): JigaError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const text = (name: string): string | undefined => (typeof problem[name] === 'string' ? problem[name] : undefined);
  const requestId = text('request_id');
  return new JigaError(text('code') ?? 'client_http_error', text('detail') ?? text('title') ?? `HTTP ${status}`, {
    status,
    retryable: typeof problem['retryable'] === 'boolean' ? problem['retryable'] : status === 429 || status >= 500,
    body,
    ...(requestId === undefined ? {} : { requestId }),
  });
}

function globalWebSocket(): WebSocketConstructor {
  const found = (globalThis as { WebSocket?: unknown }).WebSocket;
  if (typeof found === 'function') return found as WebSocketConstructor;
  throw new JigaError('client_no_websocket', 'This runtime has no WebSocket: pass one, such as that of the package ws');
}
