import type { Callout, Credit, PictureAdvice, VisionResult } from '@jiga/contracts';
import { Emitter } from './emitter.js';
import { analyzeFrameMessage } from './frame-message.js';
import { FrameWindow, type Message } from './frame-window.js';
import { JigaError } from './jiga-error.js';
import { openSocket, type WebSocketConstructor, type WebSocketLike } from './socket.js';
import { systemClock, type ClientClock } from './system-clock.js';
import type { ConnectionState, CreditMessage, FrameOptions, FrameOutcome, Picture, PictureSource } from './types.js';

export interface VideoEvents {
  /** Something worth saying to the player, as soon as it is known. */
  callout: Callout;
  result: VisionResult;
  /** What may be under way from now on; the connection keeps to it by itself. */
  credit: CreditMessage;
  /** An error that belongs to no frame, such as a refused connection. */
  error: JigaError;
  state: ConnectionState;
}

export interface VideoOptions {
  /** Frames on the way at once, within what the server grants; when more come the newest waits. */
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

/** A message of the server. */
export type Incoming = Readonly<Record<string, unknown>>;

/** Close codes after which trying again cannot help: done, refused, unauthenticated, forbidden, no session, ended. */
const FINAL_CLOSE_CODES = new Set([1000, 1008, 4401, 4403, 4404, 4409]);
const DEFAULTS = { answerTimeoutMs: 15_000, firstDelayMs: 250, maxDelayMs: 10_000, maxAttempts: 8 };

/** What the video sockets have in common: frames out, results and callouts in, over a socket that is opened again when it breaks. */
export abstract class FrameConnection<Welcome> {
  protected readonly clock: ClientClock;
  protected readonly options: Required<VideoOptions>;
  private readonly emitter = new Emitter<VideoEvents>();
  private readonly window: FrameWindow;
  private current: ConnectionState = 'idle';
  private socket: WebSocketLike | undefined;
  private cancelRetry: () => void = () => undefined;
  private welcome: Deferred<Welcome> | undefined;
  private granted: CreditMessage | undefined;
  private lastError: JigaError | undefined;
  private attempts = 0;
  private openedAtMs = 0;
  private frames = 0;

  constructor(
    private readonly dependencies: VideoConnectionDependencies,
    options: VideoOptions,
    maxInFlight: number,
  ) {
    this.clock = dependencies.clock ?? systemClock;
    this.options = { maxInFlight, ...DEFAULTS, ...options };
    this.window = new FrameWindow(this.options.maxInFlight, this.options.answerTimeoutMs, this.clock);
  }

  get state(): ConnectionState {
    return this.current;
  }

  /** As last granted; undefined before the first. */
  get credit(): Credit | undefined {
    return this.granted;
  }

  /** The picture worth sending; undefined before the server has said it. */
  get advice(): PictureAdvice | undefined {
    return this.granted?.picture;
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
   * Sends one picture (JPEG, PNG or WebP bytes, or base64), or what makes one: it is called when the frame's turn has come,
   * with the picture that is worth sending, so that no frame is encoded in vain. Resolves with the result or the reason of
   * the drop; rejects with the server's error for this frame. May be called while the connection is down: the newest frame
   * then waits.
   */
  sendFrame(picture: Picture | PictureSource, options: FrameOptions = {}): Promise<FrameOutcome> {
    if (this.current === 'closed') return Promise.reject(closedError());
    const requestId = `f${++this.frames}`;
    const timed = { ...options, timestamp: options.timestamp ?? this.clock.nowMs() / 1000 };
    if (typeof picture !== 'function')
      return this.window.submit(requestId, analyzeFrameMessage(picture, requestId, timed));
    return this.window.submit(requestId, async () => analyzeFrameMessage(await picture(this.advice), requestId, timed));
  }

  /** Ends the connection; frames without an answer resolve as dropped. May be called twice. */
  close(): void {
    if (this.current === 'closed') return;
    this.end(closedError());
  }

  /** Of its welcome and of its results. */
  protected abstract readonly types: { readonly welcome: string; readonly result: string };
  /** Whether frames go out no faster than the credit says. */
  protected abstract readonly isPaced: boolean;

  /** What a result message says of a frame. */
  protected abstract outcomeOf(message: Incoming): FrameOutcome & { readonly status: 'result' };

  /** A message that is of this socket alone; also answers to frames that the window does not know. True when it was its own. */
  protected receiveMore(_message: Incoming, _error: JigaError | undefined): boolean {
    return false;
  }

  /** The connection is gone; what waited for an answer will not get it. */
  protected lost(_reason: 'client_connection_lost' | 'client_closed'): void {}

  /** False when there is no connection. */
  protected transmit(message: Message): boolean {
    if (this.current !== 'open' || !this.socket) return false;
    this.socket.send(message);
    return true;
  }

  protected emitResult(result: VisionResult): void {
    this.emitter.emit('result', result);
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

  private receive(message: Incoming): void {
    const id = message['request_id'];
    switch (message['type']) {
      case this.types.welcome:
        return this.connected(message as Welcome);
      case this.types.result: {
        const outcome = this.outcomeOf(message);
        if (!this.window.answer(id, outcome)) this.receiveMore(message, undefined);
        return this.emitResult(outcome.result);
      }
      case 'frame_dropped':
        if (!this.window.answer(id, { status: 'dropped', reason: String(message['reason']) }))
          this.receiveMore(message, undefined);
        return;
      case 'credit':
        return this.take(message as unknown as CreditMessage);
      case 'callout':
        return this.emitter.emit('callout', (message['data'] ?? message['callout']) as Callout);
      case 'error':
        return this.receiveError(message);
      default: // messages of later protocol versions are not this client's business
        this.receiveMore(message, undefined);
    }
  }

  private connected(welcome: Welcome): void {
    this.openedAtMs = this.clock.nowMs();
    this.setState('open');
    this.window.open((message) => this.socket?.send(message));
    this.welcome?.resolve(welcome);
  }

  private take(credit: CreditMessage): void {
    this.granted = credit;
    const inFlight = Math.max(1, Math.min(this.options.maxInFlight, credit.max_in_flight));
    this.window.limit(inFlight, this.isPaced ? credit.max_fps : null);
    this.emitter.emit('credit', credit);
  }

  private receiveError(message: Incoming): void {
    const requestId = typeof message['request_id'] === 'string' ? { requestId: message['request_id'] } : {};
    const error = new JigaError(String(message['code']), String(message['message']), {
      ...requestId,
      retryable: message['retryable'] === true,
      body: message,
    });
    if (this.window.answer(message['request_id'], error) || this.receiveMore(message, error)) return;
    this.lastError = error;
    this.emitter.emit('error', error);
  }

  private disconnected(code: number, reason: string): void {
    if (this.current === 'closed') return;
    // A connection that held for a while starts counting anew; one that breaks at once goes on waiting longer.
    if (this.current === 'open' && this.clock.nowMs() - this.openedAtMs >= this.options.maxDelayMs) this.attempts = 0;
    this.socket = undefined;
    this.window.lost();
    this.lost('client_connection_lost');
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
    this.lost('client_closed');
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

export const closedError = (): JigaError => new JigaError('client_closed', 'The connection was closed by this client');
