import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@jiga/testing';
import { ReconnectingSocket, type ReconnectOptions } from './reconnecting-socket.js';
import type { WebSocketLike } from './socket.js';
import type { ConnectionState } from './types.js';

/** A socket whose other side is the test. */
class FakeSocket implements WebSocketLike {
  static opened: FakeSocket[] = [];
  binaryType = '';
  readonly sent: unknown[] = [];
  readonly closedWith: (number | undefined)[] = [];
  private readonly listeners = new Map<string, (event: never) => void>();

  constructor() {
    FakeSocket.opened.push(this);
  }
  addEventListener(type: string, listener: (event: never) => void): void {
    this.listeners.set(type, listener);
  }
  send(data: string | Uint8Array): void {
    this.sent.push(typeof data === 'string' ? JSON.parse(data) : data);
  }
  close(code?: number): void {
    this.closedWith.push(code);
  }
  tell(message: object): void {
    this.listeners.get('message')?.({ data: JSON.stringify(message) } as never);
  }
  break(code = 1006): void {
    this.listeners.get('close')?.({ code, reason: '' } as never);
  }
}

let clock: VirtualClock;
let states: ConnectionState[];
let socket: ReconnectingSocket<object>;

/** Closes the connection from within its listener, once it enters `closeAt`. */
function connect(closeAt?: ConnectionState, options: ReconnectOptions = {}): void {
  const dependencies = { url: 'ws://127.0.0.1/', credential: undefined, WebSocket: FakeSocket, clock };
  socket = new ReconnectingSocket(dependencies, options, {
    welcomeType: 'hello',
    opened: () => undefined,
    message: () => undefined,
    failed: () => false,
    lost: () => undefined,
    ended: () => undefined,
    state: (state) => {
      states.push(state);
      if (state === closeAt) socket.close();
    },
  });
  socket.connect().catch(() => undefined);
}

beforeEach(() => {
  clock = new VirtualClock();
  states = [];
  FakeSocket.opened = [];
});

describe('ReconnectingSocket', () => {
  it('stays closed when a listener closes it on hearing that it broke', () => {
    connect('reconnecting');
    FakeSocket.opened[0]?.tell({ type: 'hello' });
    FakeSocket.opened[0]?.break();
    clock.advance(60_000);
    expect(states).toEqual(['connecting', 'open', 'reconnecting', 'closed']);
    expect(FakeSocket.opened).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('opens no socket when a listener closes it at once', async () => {
    connect('connecting');
    await expect(socket.connect()).rejects.toMatchObject({ code: 'client_closed' });
    expect(FakeSocket.opened).toHaveLength(0);
  });

  it('stays closed when the welcome comes after it was closed', () => {
    connect();
    socket.close();
    FakeSocket.opened[0]?.tell({ type: 'hello' });
    FakeSocket.opened[0]?.break();
    clock.advance(60_000);
    expect(states).toEqual(['connecting', 'closed']);
    expect(FakeSocket.opened.map(({ closedWith }) => closedWith)).toEqual([[1000]]);
  });

  it('waits longer after each failed attempt and gives up after maxAttempts', async () => {
    connect(undefined, { firstDelayMs: 1000, maxAttempts: 3 });
    const connecting = socket.connect();
    // Each wait is spread by 20 %.
    for (const [attempt, shortestMs, longestMs] of [
      [1, 800, 1200],
      [2, 1200, 1800],
    ] as const) {
      FakeSocket.opened.at(-1)?.break(1011);
      clock.advance(shortestMs - 1);
      expect(FakeSocket.opened).toHaveLength(attempt);
      clock.advance(longestMs - shortestMs + 1);
      expect(FakeSocket.opened).toHaveLength(attempt + 1);
    }
    FakeSocket.opened.at(-1)?.break(1011);
    await expect(connecting).rejects.toMatchObject({ code: 'client_disconnected', status: 1011 });
    expect(states).toEqual(['connecting', 'reconnecting', 'closed']);
  });

  it('tries again when no welcome comes in time, and leaves the old attempt alone', () => {
    connect();
    clock.advance(9_999);
    expect(states).toEqual(['connecting']);
    clock.advance(1);
    expect(states).toEqual(['connecting', 'reconnecting']);
    clock.advance(400);
    const [late, next] = FakeSocket.opened;
    expect(late?.closedWith).toEqual([1000]);
    late?.tell({ type: 'hello' });
    late?.break();
    expect(states).toEqual(['connecting', 'reconnecting']);
    next?.tell({ type: 'hello' });
    expect(states).toEqual(['connecting', 'reconnecting', 'open']);
  });

  it('gives up when no attempt is answered', async () => {
    connect();
    const connecting = socket.connect();
    clock.advance(600_000);
    await expect(connecting).rejects.toMatchObject({
      code: 'client_disconnected',
      message: 'The server has not answered in time',
    });
    expect([FakeSocket.opened.length, clock.pending]).toEqual([8, 0]);
  });

  it('asks a server that is silent, once, and goes on when anything comes', () => {
    connect();
    const [first] = FakeSocket.opened;
    first?.tell({ type: 'hello' });
    clock.advance(14_000);
    first?.tell({ type: 'news' });
    clock.advance(14_999);
    expect(first?.sent).toEqual([]);
    clock.advance(1);
    expect(first?.sent).toEqual([{ type: 'ping', heartbeat: true }]);
    clock.advance(9_999);
    first?.tell({ type: 'pong' });
    clock.advance(14_999);
    expect([first?.sent.length, states]).toEqual([1, ['connecting', 'open']]);
    socket.close();
    expect(clock.pending).toBe(0);
  });

  it('takes a server that stays silent for gone, and connects again', () => {
    connect();
    FakeSocket.opened[0]?.tell({ type: 'hello' });
    clock.advance(25_000);
    expect(states).toEqual(['connecting', 'open', 'reconnecting']);
    expect(FakeSocket.opened[0]?.closedWith).toEqual([1000]);
    clock.advance(400);
    FakeSocket.opened[1]?.tell({ type: 'hello' });
    expect(states).toEqual(['connecting', 'open', 'reconnecting', 'open']);
    socket.close();
    expect(clock.pending).toBe(0);
  });
});
