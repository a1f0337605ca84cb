import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@jiga/testing';
import { ReconnectingSocket } from './reconnecting-socket.js';
import type { WebSocketLike } from './socket.js';
import type { ConnectionState } from './types.js';

/** A socket whose other side is the test. */
class FakeSocket implements WebSocketLike {
  static opened: FakeSocket[] = [];
  binaryType = '';
  readonly closedWith: (number | undefined)[] = [];
  private readonly listeners = new Map<string, (event: never) => void>();

  constructor() {
    FakeSocket.opened.push(this);
  }
  addEventListener(type: string, listener: (event: never) => void): void {
    this.listeners.set(type, listener);
  }
  send(): void {}
  close(code?: number): void {
    this.closedWith.push(code);
  }
  tell(message: object): void {
    this.listeners.get('message')?.({ data: JSON.stringify(message) } as never);
  }
  break(): void {
    this.listeners.get('close')?.({ code: 1006, reason: '' } as never);
  }
}

let clock: VirtualClock;
let states: ConnectionState[];
let socket: ReconnectingSocket<object>;

/** Closes the connection from within its listener, once it enters `closeAt`. */
function connect(closeAt?: ConnectionState): void {
  const dependencies = { url: 'ws://127.0.0.1/', credential: undefined, WebSocket: FakeSocket, clock };
  socket = new ReconnectingSocket(
    dependencies,
    {},
    {
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
    },
  );
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
});
