import { once } from 'node:events';
import type { Socket } from 'node:net';

import { WebSocket } from 'ws';

/** How a client presents its credential. */
export type AuthForm = 'authorization' | 'x-api-key' | 'subprotocol' | 'access_token' | 'none';

export interface ConnectOptions {
  readonly token?: string;
  /** `authorization` when there is a token and nothing else is said. */
  readonly auth?: AuthForm;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

/** A message as it came: `type` and `seq` are what every server message has. */
export interface ReceivedMessage {
  readonly type: string;
  readonly seq: number;
  readonly timestamp: number;
  // eslint-disable-next-line typescript/no-explicit-any -- tests look into messages of every sort, and state what they expect
  readonly [field: string]: any;
}

export interface CloseReport {
  readonly code: number;
  readonly reason: string;
}

const DEFAULT_WAIT_MS = 5_000;

/** A WebSocket client for tests: keeps all that came, in order, and waits for messages by predicate. */
export class SocketClient {
  readonly messages: ReceivedMessage[] = [];
  readonly closed: Promise<CloseReport>;
  readonly #waiters = new Set<() => void>();
  #report: CloseReport | null = null;
  #consumed = 0;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as ReceivedMessage);
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#report = { code, reason: reason.toString() };
        this.#wake();
        resolve(this.#report);
      });
    });
    socket.on('error', () => {});
  }

  /** Connects and resolves when the socket is open; rejects with `HTTP <status>` when the upgrade is refused. */
  static async connect(url: string, options: ConnectOptions = {}): Promise<SocketClient> {
    const { target, headers, protocols } = present(url, options);
    const socket = new WebSocket(target, [...protocols], { headers, perMessageDeflate: false });
    const client = new SocketClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('unexpected-response', (_request, response) => {
        response.resume();
        reject(new Error(`HTTP ${response.statusCode}`));
        socket.terminate();
      });
      socket.once('error', reject);
    });
    return client;
  }

  get closeReport(): CloseReport | null {
    return this.#report;
  }

  /** The TCP socket below, for clients that misbehave. */
  get rawSocket(): Socket {
    return (this.socket as unknown as { _socket: Socket })._socket;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  /** A binary message: header length, header, payload. */
  sendBinary(header: unknown, payload: Uint8Array): void {
    this.socket.send(encodeBinary(header, payload));
  }

  /** The next message not yet taken by `next`, in order of arrival. */
  async next(withinMs = DEFAULT_WAIT_MS): Promise<ReceivedMessage> {
    await this.#wait(() => this.messages.length > this.#consumed, 'a message', withinMs);
    const message = this.messages[this.#consumed++];
    if (!message) throw new Error('no message');
    return message;
  }

  /** The first message, past or future, that `predicate` accepts; a string stands for a type. */
  async waitFor(
    predicate: string | ((message: ReceivedMessage) => boolean),
    withinMs = DEFAULT_WAIT_MS,
  ): Promise<ReceivedMessage> {
    const accepts = typeof predicate === 'string' ? ({ type }: ReceivedMessage) => type === predicate : predicate;
    let found: ReceivedMessage | undefined;
    await this.#wait(() => (found = this.messages.find(accepts)) !== undefined, String(predicate), withinMs);
    return found as unknown as ReceivedMessage;
  }

  /** Resolves when `count` messages have come that `predicate` accepts, and gives them. */
  async waitForCount(
    count: number,
    predicate: (message: ReceivedMessage) => boolean = () => true,
    withinMs = DEFAULT_WAIT_MS,
  ): Promise<ReceivedMessage[]> {
    await this.#wait(() => this.messages.filter(predicate).length >= count, `${count} messages`, withinMs);
    return this.messages.filter(predicate);
  }

  ofType(type: string): ReceivedMessage[] {
    return this.messages.filter((message) => message.type === type);
  }

  /** Closes in good order and waits for the end. May be called twice. */
  async close(): Promise<CloseReport> {
    this.socket.close(1000);
    return this.closed;
  }

  async #wait(condition: () => boolean, what: string, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!condition()) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0 || this.#report) throw new Error(this.#failure(what, withinMs));
      await this.#nextChange(leftMs);
    }
  }

  #nextChange(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.#waiters.add(done);
    });
  }

  #failure(what: string, withinMs: number): string {
    const end = this.#report
      ? `the socket closed with ${this.#report.code} "${this.#report.reason}"`
      : `${withinMs} ms passed`;
    const last = this.messages.slice(-5).map((message) => JSON.stringify(message).slice(0, 200));
    return `${end} before ${what} came; last messages:\n${last.join('\n')}`;
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter();
  }
}

/** 4 bytes of big-endian length, the JSON header, the payload. */
export function encodeBinary(header: unknown, payload: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json, payload]);
}

/** Waits until the client's own TCP buffer is empty: everything sent is on its way. */
export async function flushed({ socket, rawSocket }: SocketClient): Promise<void> {
  while (socket.bufferedAmount > 0) await once(rawSocket, 'drain');
}

function present(url: string, options: ConnectOptions) {
  const { token, auth = token === undefined ? 'none' : 'authorization' } = options;
  const target = new URL(url);
  const headers: Record<string, string> = { ...options.headers };
  const protocols = [...(options.protocols ?? [])];
  if (token !== undefined) {
    if (auth === 'authorization') headers['authorization'] = `Bearer ${token}`;
    if (auth === 'x-api-key') headers['x-api-key'] = token;
    if (auth === 'subprotocol') protocols.push('jiga.v1', `bearer.${token}`);
    if (auth === 'access_token') target.searchParams.set('access_token', token);
  }
  return { target, headers, protocols };
}
