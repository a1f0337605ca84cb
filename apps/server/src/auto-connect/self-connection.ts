import { WebSocket } from 'ws';

import type { CancelTimer, Clock, SelfConnectionFigures } from '@jiga/contracts';

export type ServerMessage = Readonly<Record<string, unknown>> & { readonly type: string };

export interface SelfConnectionDeps {
  readonly clock: Clock;
  /** Where to connect; null while the server does not listen. */
  readonly url: () => string | null;
  /** A credential for one attempt. */
  readonly token: () => string;
  /** What the server says, from its welcome on; also an `error` that answers a message. */
  readonly onMessage?: (message: ServerMessage) => void;
  /** The connection was made, or lost. */
  readonly onChange?: (isConnected: boolean) => void;
  /** 0 up to 1, for the jitter. */
  readonly random?: () => number;
}

/** An attempt that takes longer is given up. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A closing handshake that takes longer is broken off. */
const CLOSE_GRACE_MS = 400;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 15_000;
/** A connection that lasted so long was a good one: the next wait is a short one again. */
const STABLE_MS = 5_000;
const ERROR_LENGTH_MAX = 200;

/**
 * One WebSocket of the server to itself, kept up until it is ended: whatever closes or refuses it, it is made again, after
 * a wait that doubles for as long as no connection lasts.
 */
export class SelfConnection {
  #state: SelfConnectionFigures['state'] = 'connecting';
  #reconnects = 0;
  #lastError: string | null = null;
  #failures = 0;
  #connectedAtMs = 0;
  #socket: WebSocket | null = null;
  #cancelTimer: CancelTimer = () => {};
  #ended: Promise<void> | null = null;

  constructor(private readonly deps: SelfConnectionDeps) {}

  get figures(): SelfConnectionFigures {
    return { state: this.#state, reconnects: this.#reconnects, last_error: this.#lastError };
  }

  get isConnected(): boolean {
    return this.#state === 'connected';
  }

  /** Bytes that were sent and have not left yet. */
  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  start(): void {
    this.#connect();
  }

  /** False when there is no connection. */
  send(message: string | Buffer): boolean {
    if (!this.isConnected || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(message);
    return true;
  }

  /** Ends it for good; resolves when the socket is closed. May be called twice. */
  end(): Promise<void> {
    this.#ended ??= this.#close();
    return this.#ended;
  }

  #connect(): void {
    const url = this.deps.url();
    if (url === null) return this.#retry('The server does not listen.');
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${this.deps.token()}` },
      perMessageDeflate: false,
      // Read by `ws` itself; without it a server that never answers would be waited for without end.
      handshakeTimeout: CONNECT_TIMEOUT_MS,
    });
    this.#socket = socket;
    let fault: string | null = null;
    socket.on('message', (data: Buffer) => {
      const message = parse(data);
      if (!message) return;
      fault = faultIn(message);
      if (fault === null) this.#receive(message);
    });
    socket.on('unexpected-response', (_request, response) => {
      fault = `HTTP ${response.statusCode}`;
      response.resume();
      socket.terminate();
    });
    socket.on('error', (error) => (fault ??= error.message));
    socket.on('close', (code, reason) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#lost(fault ?? `closed with ${code} ${reason.toString()}`.trim());
    });
    this.#cancelTimer = this.deps.clock.after(CONNECT_TIMEOUT_MS, () => {
      fault = `no welcome within ${CONNECT_TIMEOUT_MS / 1000} s`;
      socket.terminate();
    });
  }

  /** The first message that is no error is the welcome. */
  #receive(message: ServerMessage): void {
    if (this.#ended) return;
    if (!this.isConnected) {
      this.#cancelTimer();
      this.#state = 'connected';
      this.#connectedAtMs = this.deps.clock.monotonicMs();
      this.deps.onChange?.(true);
    }
    this.deps.onMessage?.(message);
  }

  #lost(error: string): void {
    this.#cancelTimer();
    if (this.#ended) return;
    if (this.isConnected) {
      if (this.deps.clock.monotonicMs() - this.#connectedAtMs >= STABLE_MS) this.#failures = 0;
      this.#state = 'reconnecting';
      this.deps.onChange?.(false);
    }
    this.#retry(error);
  }

  #retry(error: string): void {
    this.#lastError = error.slice(0, ERROR_LENGTH_MAX);
    if (this.#failures > 0) this.#state = 'reconnecting';
    const { clock, random = Math.random } = this.deps;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** this.#failures, LONGEST_DELAY_MS) * (0.8 + 0.4 * random());
    this.#failures++;
    this.#cancelTimer = clock.after(delayMs, () => {
      this.#reconnects++;
      this.#connect();
    });
  }

  async #close(): Promise<void> {
    this.#cancelTimer();
    const wasConnected = this.isConnected;
    this.#state = 'off';
    const socket = this.#socket;
    if (wasConnected) this.deps.onChange?.(false);
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
    else socket.close(1000);
    const cancel = this.deps.clock.after(CLOSE_GRACE_MS, () => socket.terminate());
    await closed;
    cancel();
  }
}

/** What is wrong with the connection as a whole; null for what answers a message, which is for its sender. */
const faultIn = ({ type, request_id: id, code, message }: ServerMessage): string | null =>
  type === 'error' && id === undefined ? `${String(code)}: ${String(message)}` : null;

function parse(data: Buffer): ServerMessage | null {
  try {
    const message: unknown = JSON.parse(data.toString('utf8'));
    const isMessage = typeof message === 'object' && message !== null && 'type' in message;
    return isMessage && typeof message.type === 'string' ? (message as ServerMessage) : null;
  } catch {
    return null;
  }
}
