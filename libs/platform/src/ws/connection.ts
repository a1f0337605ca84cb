import { Logger } from '@nestjs/common';

import { AppError, newId, toAppError, unixSeconds } from '@jiga/contracts';
import type { CancelTimer, Clock } from '@jiga/contracts';

import { joinBinary } from './binary-envelope.js';
import { CloseCode, closeCodeOf } from './close-codes.js';
import { isHeartbeat } from './heartbeat.js';
import { MessageRate } from './message-rate.js';
import type { ServerSocket } from './server-socket.js';
import type { SocketLimits } from './socket-limits.js';

/** Ids that a client gave a message; whatever answers the message carries them. */
export interface Echo {
  readonly request_id?: string | number;
  readonly frame_id?: string | number;
  /** For a part of a batch: its place there, from 0. */
  readonly batch_index?: number;
}

/** A message to a client, without what the connection adds: `seq`, and `timestamp` unless the message has its own. */
export interface ServerMessage {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * `answer`: must arrive, or the connection ends. `droppable`: withheld while the client is behind in reading; the
 * sender then decides what short message, if any, stands for it.
 */
export type Weight = 'answer' | 'droppable';

/** What a protocol does with its connection. None of these may be async: what they start has its own catch. */
export interface ConnectionHandler {
  /** One message within the limits. What it throws is answered as an `error`. */
  onMessage(data: Buffer, isBinary: boolean): void;
  /** A message that came too fast: answer it with `error`, with the ids that it carries. */
  onRefused(data: Buffer, isBinary: boolean, error: AppError): void;
  /** The server stops: settle what is under way. The connection closes 1001 right after. */
  onDrain(): void;
  /** The connection has ended, by whichever side. Called once. */
  onClosed(): void;
}

export interface ConnectionDeps {
  readonly clock: Clock;
  readonly limits: SocketLimits;
}

type ConnectionState = 'waiting' | 'open' | 'closing' | 'closed';

/** ws close codes for violations, with the error that goes before them. */
const VIOLATIONS: Readonly<Record<number, () => AppError>> = {
  1002: () => new AppError('invalid_message', 'The WebSocket framing is not valid'),
  1007: () => new AppError('malformed_json', 'The text is not valid UTF-8'),
  1008: () => new AppError('message_too_large', 'The message comes in too many pieces'),
  1009: () => new AppError('message_too_large'),
};

/**
 * One client socket: numbers and stamps what is sent, bounds what is unsent, counts what comes in, drops dead peers and
 * owns the socket's end. It knows no protocol: that is the {@link ConnectionHandler}'s. Until {@link start} the socket
 * is not read, so a client may send right after connecting while its credential is still being checked.
 */
export class Connection {
  readonly id = newId('connection');
  readonly #log = new Logger(Connection.name);
  readonly #abort = new AbortController();
  readonly #rate: MessageRate;
  #state: ConnectionState = 'waiting';
  #handler: ConnectionHandler | null = null;
  #seq = 0;
  #isAlive = true;
  #withheld = 0;
  #stopHeartbeat: CancelTimer;
  #onHeard: () => void = () => {};

  constructor(
    private readonly socket: ServerSocket,
    private readonly deps: ConnectionDeps,
  ) {
    this.#rate = new MessageRate(deps.clock, deps.limits);
    socket.pause();
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    socket.on('pong', () => (this.#isAlive = true));
    socket.on('close', () => this.#dispose());
    // Without a listener an 'error' event would end the process. Its cause is the client's or the network's.
    socket.on('error', (error) => this.#log.debug('Socket error', { connectionId: this.id, err: error }));
    socket.beforeViolationClose = (code) => this.#onViolation(code);
    socket.onMoving = (deadline) => void this.send({ type: 'session.moving', deadline });
    socket.onDrain = () => this.#drain();
    socket.onRefused = (error) => this.refuse(error);
    this.#stopHeartbeat = deps.clock.every(deps.limits.heartbeatMs, () => this.#beat());
  }

  /** Aborted when the connection has ended. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isOpen(): boolean {
    return this.#state === 'open' || this.#state === 'waiting';
  }

  /** Whether the client has read enough that a droppable message would be sent now. */
  get hasRoom(): boolean {
    return this.socket.bufferedAmount <= this.deps.limits.outboundSoftBytes;
  }

  /** How many droppable messages were withheld because the client was behind in reading. */
  get withheld(): number {
    return this.#withheld;
  }

  /** Has a listener called at each message of the client but heartbeats, whatever it says. One listener; it must be quick. */
  whenHeard(listener: () => void): void {
    this.#onHeard = listener;
  }

  /** Begins to read the socket. */
  start(handler: ConnectionHandler): void {
    if (this.#state !== 'waiting') {
      handler.onClosed();
      return;
    }
    this.#handler = handler;
    this.#state = 'open';
    this.socket.resume();
  }

  /** Sends a message. False when it was not sent: the connection is over, or the message was droppable and withheld. */
  send(message: ServerMessage, weight: Weight = 'answer'): boolean {
    return this.#send(message, weight, null);
  }

  /** The same as a binary message: the length of the JSON (unsigned 32 bits, big-endian), the JSON, the bytes. */
  sendWithBytes(message: ServerMessage, bytes: Uint8Array, weight: Weight = 'answer'): boolean {
    return this.#send(message, weight, bytes);
  }

  #send(message: ServerMessage, weight: Weight, bytes: Uint8Array | null): boolean {
    if (!this.isOpen) return false;
    const unsentBytes = this.socket.bufferedAmount;
    if (unsentBytes > this.deps.limits.outboundHardBytes) {
      this.close(CloseCode.OVERLOADED, 'client does not read');
      return false;
    }
    if (weight === 'droppable' && unsentBytes > this.deps.limits.outboundSoftBytes) {
      this.#withheld += 1;
      return false;
    }
    this.#seq += 1;
    const json = JSON.stringify({ timestamp: unixSeconds(this.deps.clock), ...message, seq: this.#seq });
    this.socket.send(bytes ? joinBinary(json, bytes) : json);
    return true;
  }

  sendError(error: AppError, echo: Echo = {}): void {
    const { fields, retryAfterSeconds } = error.options;
    this.send({
      type: 'error',
      code: error.code,
      message: error.message,
      ...echo,
      retryable: error.retryable,
      ...(fields && { errors: fields }),
      ...(retryAfterSeconds !== undefined && { retry_after: retryAfterSeconds }),
    });
  }

  /** Tells the client why, then closes with the code that fits: the only way that lets a browser read the reason. */
  refuse(error: AppError): void {
    this.sendError(error);
    this.close(closeCodeOf(error), error.message);
  }

  /** Closes with a reason (cut to the 123 bytes that a close frame holds). May be called again; the first one counts. */
  close(code: CloseCode, reason: string): void {
    if (!this.isOpen) return;
    this.#state = 'closing';
    // The peer's close frame must be read for the handshake to end, also when the connection never started.
    if (this.socket.isPaused) this.socket.resume();
    this.socket.close(code, clip(reason));
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.#isAlive = true;
    const handler = this.#handler;
    if (this.#state !== 'open' || !handler) return;
    if (!isHeartbeat(data, isBinary)) this.#onHeard();
    try {
      const verdict = this.#rate.next();
      if (verdict === 'pass') handler.onMessage(data, isBinary);
      else if (verdict === 'refuse') handler.onRefused(data, isBinary, this.#rate.error());
      else this.refuse(this.#rate.error());
    } catch (error) {
      const known = toAppError(error);
      if (known.kind === 'internal') this.#log.error('Message handler failed', { connectionId: this.id, err: error });
      this.sendError(known);
    }
  }

  #onViolation(code: number): void {
    const error = VIOLATIONS[code]?.();
    if (error) this.sendError(error);
    if (this.isOpen) this.#state = 'closing';
  }

  #beat(): void {
    if (this.#state === 'waiting') {
      // Whoever should have started or refused it did not: nobody else ends it, since a paused socket sees no end.
      this.close(CloseCode.OVERLOADED, 'not ready in time');
      return;
    }
    if (!this.#isAlive) {
      this.#log.debug('Peer did not answer a ping', { connectionId: this.id });
      this.socket.terminate();
      return;
    }
    this.#isAlive = false;
    if (this.#state === 'open') this.socket.ping();
  }

  #drain(): void {
    if (this.#state === 'open') this.#handler?.onDrain();
    this.close(CloseCode.DRAINING, 'server is shutting down');
  }

  #dispose(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#stopHeartbeat();
    this.#abort.abort();
    this.#handler?.onClosed();
  }
}

const CLOSE_REASON_BYTES = 123;

function clip(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= CLOSE_REASON_BYTES) return reason;
  let end = CLOSE_REASON_BYTES;
  // Not inside a character: continuation bytes of UTF-8 are 10xxxxxx.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
