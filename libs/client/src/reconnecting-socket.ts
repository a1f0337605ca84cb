import { Heartbeat } from './heartbeat.js';
import { JigaError } from './jiga-error.js';
import { openSocket, type WebSocketConstructor, type WebSocketLike } from './socket.js';
import { quietClock, systemClock, type ClientClock } from './system-clock.js';
import type { ConnectionState } from './types.js';

export interface ReconnectOptions {
  /** Waits grow by half from `firstDelayMs` (default 250) to `maxDelayMs` (10 000), each spread by ±20 %. */
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
  /** Attempts in a row before giving up. Default 8. */
  readonly maxAttempts?: number;
  /** An attempt without the server's welcome for so long has failed. Default 10 000. */
  readonly connectTimeoutMs?: number;
  /** When nothing has come for so long, the server is asked whether it is there. Default 15 000. */
  readonly heartbeatMs?: number;
  /** When nothing has come so long after that, the connection is lost. Default 10 000. */
  readonly heartbeatTimeoutMs?: number;
}

export interface SocketDependencies {
  /** Asked for anew at each attempt when it is a function. */
  readonly url: string | (() => string);
  readonly credential: string | undefined;
  readonly WebSocket: WebSocketConstructor;
  readonly clock?: ClientClock;
}

export type Incoming = Readonly<Record<string, unknown>>;

export interface ReconnectHandlers<Welcome> {
  /** The type of the first message of an accepted connection. */
  readonly welcomeType: string;
  opened(welcome: Welcome): void;
  /** Every message but the welcome and errors. */
  message(message: Incoming, bytes?: Uint8Array): void;
  /** True when the error belongs to something that was sent, and was told there. */
  failed(error: JigaError, message: Incoming): boolean;
  /** The socket broke; another attempt may follow. */
  lost(): void;
  /** It is over for good; `error` has the code `client_closed` when this client wanted it. */
  ended(error: JigaError): void;
  state(state: ConnectionState): void;
}

/** Close codes after which trying again cannot help: done, refused, unauthenticated, forbidden, no session, ended. */
const FINAL_CLOSE_CODES = new Set([1000, 1008, 4401, 4403, 4404, 4409]);

/** What a browser reports of a connection that ended without a close frame. */
const ABNORMAL_CLOSURE = 1006;
/** It does not keep the session from being idle, as a plain ping would. */
const PING = JSON.stringify({ type: 'ping', heartbeat: true });

/** One socket to a session that is opened again when it breaks. */
export class ReconnectingSocket<Welcome> {
  private readonly clock: ClientClock;
  private readonly options: Required<ReconnectOptions>;
  private current: ConnectionState = 'idle';
  private socket: WebSocketLike | undefined;
  private readonly heartbeat: Heartbeat;
  private cancelRetry: () => void = () => undefined;
  private cancelConnect: () => void = () => undefined;
  private welcome: Deferred<Welcome> | undefined;
  private lastError: JigaError | undefined;
  private ending: JigaError | undefined;
  private attempts = 0;
  private openedAtMs = 0;

  constructor(
    private readonly dependencies: SocketDependencies,
    options: ReconnectOptions,
    private readonly handlers: ReconnectHandlers<Welcome>,
  ) {
    this.clock = dependencies.clock ?? systemClock;
    this.options = {
      firstDelayMs: options.firstDelayMs ?? 250,
      maxDelayMs: options.maxDelayMs ?? 10_000,
      maxAttempts: options.maxAttempts ?? 8,
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      heartbeatMs: options.heartbeatMs ?? 15_000,
      heartbeatTimeoutMs: options.heartbeatTimeoutMs ?? 10_000,
    };
    this.heartbeat = new Heartbeat(
      dependencies.clock ?? quietClock,
      this.options,
      () => void this.send(PING),
      () => this.abandon('The server has not answered a ping'),
    );
  }

  get state(): ConnectionState {
    return this.current;
  }

  /** Of whatever is asked of it once it is over: who ended it, and why. */
  get closedError(): JigaError {
    const cause = this.ending;
    if (cause === undefined || cause.code === 'client_closed') {
      return new JigaError('client_closed', 'The connection was closed by this client');
    }
    return new JigaError('client_closed', `The connection is over: ${cause.message}`, { cause });
  }

  /** Resolves with the server's welcome; rejects when the server refuses or stays out of reach. */
  connect(): Promise<Welcome> {
    if (this.isOver()) return Promise.reject(this.closedError);
    if (!this.welcome) {
      this.welcome = defer<Welcome>();
      this.open('connecting');
    }
    return this.welcome.promise;
  }

  /** False while there is no connection. */
  send(data: string | Uint8Array): boolean {
    if (this.current !== 'open') return false;
    this.socket?.send(data);
    return true;
  }

  /** Ends it for good. May be called twice. */
  close(): void {
    if (!this.isOver()) this.end(this.closedError);
  }

  private open(state: ConnectionState): void {
    this.setState(state);
    if (this.isOver()) return;
    this.lastError = undefined;
    const { WebSocket, credential } = this.dependencies;
    const url = this.url();
    try {
      // What is still on its way when this client closes the socket is nobody's business any more.
      const socket = openSocket(WebSocket, url, credential, {
        message: (message, bytes) => {
          if (socket === this.socket) this.receive(message, bytes);
        },
        closed: (code, reason) => {
          if (socket === this.socket) this.disconnected(code, reason);
        },
      });
      this.socket = socket;
      this.cancelConnect = this.clock.after(this.options.connectTimeoutMs, () =>
        this.abandon('The server has not answered in time'),
      );
    } catch (cause) {
      // Thrown for an address or a credential that can never work.
      this.end(new JigaError('client_bad_address', `Cannot open a WebSocket to ${url}`, { cause }));
    }
  }

  /** Asked after each call of a listener, which may have closed the connection. */
  private isOver(): boolean {
    return this.current === 'closed';
  }

  private url(): string {
    const { url } = this.dependencies;
    return typeof url === 'string' ? url : url();
  }

  private receive(message: Incoming, bytes: Uint8Array | undefined): void {
    if (this.current === 'open') this.heartbeat.heard();
    if (message['type'] === this.handlers.welcomeType) this.connected(message as Welcome);
    else if (message['type'] === 'error') this.receiveError(message);
    else this.handlers.message(message, bytes);
  }

  private connected(welcome: Welcome): void {
    this.cancelConnect();
    this.openedAtMs = this.clock.nowMs();
    this.setState('open');
    if (this.isOver()) return;
    this.heartbeat.heard();
    this.handlers.opened(welcome);
    this.welcome?.resolve(welcome);
  }

  private receiveError(message: Incoming): void {
    const requestId = typeof message['request_id'] === 'string' ? { requestId: message['request_id'] } : {};
    const error = new JigaError(String(message['code']), String(message['message']), {
      ...requestId,
      retryable: message['retryable'] === true,
      body: message,
    });
    if (!this.handlers.failed(error, message)) this.lastError = error;
  }

  /** It is dead, or will not come about: the same as if it had broken. Nobody waits for how it closes. */
  private abandon(reason: string): void {
    const { socket } = this;
    this.disconnected(ABNORMAL_CLOSURE, reason);
    socket?.close(1000);
  }

  private disconnected(code: number, reason: string): void {
    // A connection that held for a while starts counting anew; one that breaks at once goes on waiting longer.
    if (this.current === 'open' && this.clock.nowMs() - this.openedAtMs >= this.options.maxDelayMs) this.attempts = 0;
    this.socket = undefined;
    this.stopWatching();
    this.handlers.lost();
    const cause = this.lastError;
    const text = cause?.message ?? (reason || `The connection closed with code ${code}`);
    const error = new JigaError(cause?.code ?? 'client_disconnected', text, { status: code, cause });
    if (FINAL_CLOSE_CODES.has(code) || ++this.attempts >= this.options.maxAttempts) {
      this.end(error);
      return;
    }
    this.setState('reconnecting');
    if (this.isOver()) return;
    this.cancelRetry = this.clock.after(this.retryDelayMs(), () => this.open('reconnecting'));
  }

  private retryDelayMs(): number {
    const { firstDelayMs, maxDelayMs } = this.options;
    // Spread, so that a server coming back does not meet all its clients at one moment.
    return Math.min(maxDelayMs, firstDelayMs * 1.5 ** (this.attempts - 1)) * (0.8 + 0.4 * Math.random());
  }

  private end(error: JigaError): void {
    this.ending = error;
    this.cancelRetry();
    this.stopWatching();
    this.setState('closed');
    this.socket?.close(1000);
    this.socket = undefined;
    this.welcome?.reject(error);
    this.handlers.ended(error);
  }

  private stopWatching(): void {
    this.cancelConnect();
    this.heartbeat.stop();
  }

  private setState(state: ConnectionState): void {
    if (state === this.current) return;
    this.current = state;
    this.handlers.state(state);
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: JigaError) => void;
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function defer<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: JigaError) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
