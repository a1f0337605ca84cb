import type { Callout, VisionResult } from '@jiga/contracts';
import { Emitter } from './emitter.js';
import { analyzeFrameMessage } from './frame-message.js';
import { FrameWindow } from './frame-window.js';
import { JigaError } from './jiga-error.js';
import { openSocket, type WebSocketConstructor, type WebSocketLike } from './socket.js';
import { systemClock, type ClientClock } from './system-clock.js';
import type { ConnectionState, FrameOptions, FrameOutcome, Welcome } from './types.js';

export interface VideoEvents {
  /** Something worth saying to the player, as soon as it is known. */
  callout: Callout;
  result: VisionResult;
  /** An error that belongs to no frame, such as a refused connection. */
  error: JigaError;
  state: ConnectionState;
}

export interface VideoOptions {
  /** Frames on the way at once; when more come the newest waits. Default 4. */
  readonly maxInFlight?: number;
  /** A frame without an answer for so long is rejected. Default 15 s. */
  readonly answerTimeoutMs?: number;
  /** Waits grow by half from `firstDelayMs` (default 250) to `maxDelayMs` (10 000), each spread by ±20 %. */
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
  /** Attempts in a row before giving up. Default 8. */
  readonly maxAttempts?: number;
}

export interface VideoConnectionDependencies {
  readonly url: string;
  readonly credential: string | undefined;
  readonly WebSocket: WebSocketConstructor;
  readonly clock?: ClientClock;
}

/** Close codes after which trying again cannot help: done, refused, unauthenticated, forbidden, no session, ended. */
const FINAL_CLOSE_CODES = new Set([1000, 1008, 4401, 4403, 4404, 4409]);

/** Frames out, results and callouts in, over one socket that is opened again when it breaks. */
export class VideoConnection {
  private readonly emitter = new Emitter<VideoEvents>();
  private readonly window: FrameWindow;
  private readonly clock: ClientClock;
  private readonly options: Required<VideoOptions>;
  private current: ConnectionState = 'idle';
  private socket: WebSocketLike | undefined;
  private cancelRetry: () => void = () => undefined;
  private welcome: Deferred<Welcome> | undefined;
  private lastError: JigaError | undefined;
  private attempts = 0;
  private openedAtMs = 0;
  private frames = 0;

  constructor(
    private readonly dependencies: VideoConnectionDependencies,
    options: VideoOptions = {},
  ) {
    this.clock = dependencies.clock ?? systemClock;
    this.options = {
      maxInFlight: options.maxInFlight ?? 4,
      answerTimeoutMs: options.answerTimeoutMs ?? 15_000,
      firstDelayMs: options.firstDelayMs ?? 250,
      maxDelayMs: options.maxDelayMs ?? 10_000,
      maxAttempts: options.maxAttempts ?? 8,
    };
    this.window = new FrameWindow(this.options.maxInFlight, this.options.answerTimeoutMs, this.clock);
  }

  get state(): ConnectionState {
    return this.current;
  }

  on<Name extends keyof VideoEvents>(name: Name, listener: (payload: VideoEvents[Name]) => void): () => void {
    return this.emitter.on(name, listener);
  }

  /** Resolves with the server's welcome; rejects when the server refuses or stays out of reach. */
  connect(): Promise<Welcome> {
    if (this.current === 'closed') return Promise.reject(closedError());
    if (!this.welcome) {
      this.welcome = defer<Welcome>();
      this.open('connecting');
    }
    return this.welcome.promise;
  }

  /**
   * Sends one picture (JPEG, PNG or WebP bytes, or base64). Resolves with the result or the reason of the drop; rejects
   * with the server's error for this frame. May be called while the connection is down: the newest frame then waits.
   */
  sendFrame(picture: Uint8Array | string, options: FrameOptions = {}): Promise<FrameOutcome> {
    if (this.current === 'closed') return Promise.reject(closedError());
    const requestId = `f${++this.frames}`;
    const timestamp = options.timestamp ?? this.clock.nowMs() / 1000;
    return this.window.submit(requestId, analyzeFrameMessage(picture, requestId, { ...options, timestamp }));
  }

  /** Ends the connection; frames without an answer resolve as dropped. May be called twice. */
  close(): void {
    if (this.current === 'closed') return;
    this.end(closedError());
  }

  private open(state: ConnectionState): void {
    this.setState(state);
    this.lastError = undefined;
    const { WebSocket, url, credential } = this.dependencies;
    try {
      this.socket = openSocket(WebSocket, url, credential, {
        message: (message) => this.receive(message),
        closed: (code, reason) => this.disconnected(code, reason),
      });
    } catch (cause) {
      // Thrown for an address or a credential that can never work.
      this.end(new JigaError('client_bad_address', `Cannot open a WebSocket to ${url}`, { cause }));
    }
  }

  private receive(message: Readonly<Record<string, unknown>>): void {
    switch (message['type']) {
      case 'direct_video_stream_connected':
        this.connected(message as unknown as Welcome);
        break;
      case 'direct_video_analysis_result': {
        const result = message['data'] as VisionResult;
        this.window.answer(message['request_id'], { status: 'result', result });
        this.emitter.emit('result', result);
        break;
      }
      case 'frame_dropped':
        this.window.answer(message['request_id'], { status: 'dropped', reason: String(message['reason']) });
        break;
      case 'callout':
        this.emitter.emit('callout', (message['data'] ?? message['callout']) as Callout);
        break;
      case 'error':
        this.receiveError(message);
        break;
      default: // messages of later protocol versions are not this client's business
    }
  }

  private connected(welcome: Welcome): void {
    this.openedAtMs = this.clock.nowMs();
    this.setState('open');
    this.window.open((message) => this.socket?.send(message));
    this.welcome?.resolve(welcome);
  }

  private receiveError(message: Readonly<Record<string, unknown>>): void {
    const requestId = typeof message['request_id'] === 'string' ? { requestId: message['request_id'] } : {};
    const error = new JigaError(String(message['code']), String(message['message']), {
      ...requestId,
      retryable: message['retryable'] === true,
      body: message,
    });
    if (this.window.answer(message['request_id'], error)) return;
    this.lastError = error;
    this.emitter.emit('error', error);
  }

  private disconnected(code: number, reason: string): void {
    if (this.current === 'closed') return;
    // A connection that held for a while starts counting anew; one that breaks at once goes on waiting longer.
    if (this.current === 'open' && this.clock.nowMs() - this.openedAtMs >= this.options.maxDelayMs) this.attempts = 0;
    this.socket = undefined;
    this.window.lost();
    const cause = this.lastError;
    const text = cause?.message ?? (reason || `The connection closed with code ${code}`);
    const error = new JigaError(cause?.code ?? 'client_disconnected', text, { status: code, cause });
    if (FINAL_CLOSE_CODES.has(code) || ++this.attempts >= this.options.maxAttempts) {
      this.end(error);
      return;
    }
    this.setState('reconnecting');
    this.cancelRetry = this.clock.after(this.retryDelayMs(), () => this.open('reconnecting'));
  }

  private retryDelayMs(): number {
    const { firstDelayMs, maxDelayMs } = this.options;
    // Spread, so that a server coming back does not meet all its clients at one moment.
    return Math.min(maxDelayMs, firstDelayMs * 1.5 ** (this.attempts - 1)) * (0.8 + 0.4 * Math.random());
  }

  private end(error: JigaError): void {
    this.cancelRetry();
    this.setState('closed');
    this.socket?.close(1000);
    this.socket = undefined;
    this.window.close();
    this.welcome?.reject(error);
    if (error.code !== 'client_closed') this.emitter.emit('error', error);
    this.emitter.clear();
  }

  private setState(state: ConnectionState): void {
    if (state === this.current) return;
    this.current = state;
    this.emitter.emit('state', state);
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

const closedError = (): JigaError => new JigaError('client_closed', 'The connection was closed by this client');
