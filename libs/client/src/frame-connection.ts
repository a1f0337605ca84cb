import type { Callout, Credit, PictureAdvice, VisionResult } from '@jiga/contracts';
import { Emitter } from './emitter.js';
import { analyzeFrameMessage } from './frame-message.js';
import { FrameWindow, type Message } from './frame-window.js';
import type { JigaError } from './jiga-error.js';
import {
  ReconnectingSocket,
  type Incoming,
  type ReconnectOptions,
  type SocketDependencies,
} from './reconnecting-socket.js';
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

export interface VideoOptions extends ReconnectOptions {
  /** Frames on the way at once, within what the server grants; when more come the newest waits. */
  readonly maxInFlight?: number;
  /** A frame without an answer for so long is rejected. Default 15 s. */
  readonly answerTimeoutMs?: number;
}

const ANSWER_TIMEOUT_MS = 15_000;

/** What the video sockets have in common: frames out, results and callouts in, over a socket that is opened again when it breaks. */
export abstract class FrameConnection<Welcome> {
  protected readonly clock: ClientClock;
  protected readonly answerTimeoutMs: number;
  private readonly maxInFlight: number;
  private readonly emitter = new Emitter<VideoEvents>();
  private readonly window: FrameWindow;
  private readonly socket: ReconnectingSocket<Welcome>;
  private granted: CreditMessage | undefined;
  private frames = 0;

  /** @param welcomeType type of the first message of an accepted connection */
  constructor(dependencies: SocketDependencies, options: VideoOptions, maxInFlight: number, welcomeType: string) {
    this.clock = dependencies.clock ?? systemClock;
    this.maxInFlight = options.maxInFlight ?? maxInFlight;
    this.answerTimeoutMs = options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
    this.window = new FrameWindow(this.maxInFlight, this.answerTimeoutMs, this.clock);
    this.socket = new ReconnectingSocket(dependencies, options, {
      welcomeType,
      opened: () => this.window.open((message) => void this.socket.send(message)),
      message: (message) => this.receive(message),
      failed: (error, message) => this.failed(error, message),
      lost: () => {
        this.window.lost();
        this.lost('client_connection_lost');
      },
      ended: (error) => this.ended(error),
      state: (state) => this.emitter.emit('state', state),
    });
  }

  get state(): ConnectionState {
    return this.socket.state;
  }

  /** Of whatever is asked of a connection that is over. */
  protected get closedError(): JigaError {
    return this.socket.closedError;
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
    return this.socket.connect();
  }

  /**
   * Sends one picture (JPEG, PNG or WebP bytes, or base64), or what makes one: it is called when the frame's turn has come,
   * with the picture that is worth sending, so that no frame is encoded in vain. Resolves with the result or the reason of
   * the drop; rejects with the server's error for this frame. May be called while the connection is down: the newest frame
   * then waits.
   */
  sendFrame(picture: Picture | PictureSource, options: FrameOptions = {}): Promise<FrameOutcome> {
    if (this.state === 'closed') return Promise.reject(this.closedError);
    const requestId = `f${++this.frames}`;
    const timed = { ...options, timestamp: options.timestamp ?? this.clock.nowMs() / 1000 };
    if (typeof picture !== 'function')
      return this.window.submit(requestId, analyzeFrameMessage(picture, requestId, timed));
    return this.window.submit(requestId, async () => analyzeFrameMessage(await picture(this.advice), requestId, timed));
  }

  /** Ends the connection; frames without an answer resolve as dropped. May be called twice. */
  close(): void {
    this.socket.close();
  }

  /** Type of its results. */
  protected abstract readonly resultType: string;
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
    return this.socket.send(message);
  }

  protected emitResult(result: VisionResult): void {
    this.emitter.emit('result', result);
  }

  private receive(message: Incoming): void {
    const id = message['request_id'];
    switch (message['type']) {
      case this.resultType: {
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
      default: // messages of later protocol versions are not this client's business
        this.receiveMore(message, undefined);
    }
  }

  private take(credit: CreditMessage): void {
    this.granted = credit;
    const inFlight = Math.max(1, Math.min(this.maxInFlight, credit.max_in_flight));
    this.window.limit(inFlight, this.isPaced ? credit.max_fps : null);
    this.emitter.emit('credit', credit);
  }

  /** An error that belongs to a frame is told where the frame was sent. */
  private failed(error: JigaError, message: Incoming): boolean {
    if (this.window.answer(message['request_id'], error) || this.receiveMore(message, error)) return true;
    this.emitter.emit('error', error);
    return false;
  }

  private ended(error: JigaError): void {
    this.window.close();
    this.lost('client_closed');
    if (error.code !== 'client_closed') this.emitter.emit('error', error);
    this.emitter.clear();
  }
}
