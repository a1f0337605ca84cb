import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocketServer, type WebSocket } from 'ws';

import { VirtualClock } from '@jiga/testing';

import { SelfConnection, type ServerMessage } from './self-connection.js';

describe('SelfConnection', () => {
  let clock: VirtualClock;
  let server: WebSocketServer;
  let presented: (string | undefined)[];
  let messages: ServerMessage[];
  let changes: boolean[];
  let onChange: () => void;
  let tokens: number;
  let connection: SelfConnection;
  const open: SelfConnection[] = [];

  const portOf = (listening: { address(): unknown }): number => (listening.address() as AddressInfo).port;
  const connect = (port: number): SelfConnection => {
    const made = new SelfConnection({
      clock,
      url: () => `ws://127.0.0.1:${port}/x`,
      token: () => `token-${++tokens}`,
      onMessage: (message) => void messages.push(message),
      onChange: (isConnected) => {
        changes.push(isConnected);
        onChange();
      },
      random: () => 0.5,
    });
    open.push(made);
    made.start();
    return made;
  };
  const change = (): Promise<void> => new Promise((resolve) => (onChange = resolve));
  const arrival = async (): Promise<WebSocket> => {
    const [socket, request] = (await once(server, 'connection')) as [WebSocket, { headers: Record<string, string> }];
    presented.push(request.headers['authorization']);
    return socket;
  };
  const welcome = async (arriving: Promise<WebSocket>): Promise<WebSocket> => {
    const connected = change();
    const socket = await arriving;
    socket.send(JSON.stringify({ type: 'welcome' }));
    await connected;
    return socket;
  };

  beforeEach(async () => {
    clock = new VirtualClock();
    presented = [];
    messages = [];
    changes = [];
    onChange = () => {};
    tokens = 0;
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.end()));
    expect(clock.pending).toBe(0);
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is connected once it is welcome, and carries what is sent', async () => {
    const arriving = arrival();
    connection = connect(portOf(server));
    expect([connection.figures.state, connection.send('early')]).toEqual(['connecting', false]);
    const socket = await welcome(arriving);
    const heard = once(socket, 'message');
    expect([connection.figures, connection.send('frame')]).toEqual([
      { state: 'connected', reconnects: 0, last_error: null },
      true,
    ]);
    expect(String((await heard)[0])).toBe('frame');
    expect([presented, messages]).toEqual([['Bearer token-1'], [{ type: 'welcome' }]]);
  });

  it('hands on an error that answers a message, and takes any other for why the connection ends', async () => {
    connection = connect(portOf(server));
    const socket = await welcome(arrival());
    const answer = { type: 'error', request_id: 's1', code: 'vision_failed', message: 'Could not be analysed' };
    const lost = change();
    socket.send(JSON.stringify(answer));
    socket.send(JSON.stringify({ type: 'error', code: 'session_closed', message: 'The session has failed' }));
    socket.close(4409);
    await lost;
    expect(messages).toEqual([{ type: 'welcome' }, answer]);
    expect(connection.figures.last_error).toBe('session_closed: The session has failed');
  });

  it('heals in less than three seconds when it is killed, with a new credential', async () => {
    connection = connect(portOf(server));
    for (let killed = 0; killed < 3; killed++) {
      const socket = await welcome(arrival());
      const lost = change();
      socket.terminate();
      await lost;
      expect(connection.figures.state).toBe('reconnecting');
      clock.advance(3_000);
    }
    await welcome(arrival());
    expect(connection.figures).toMatchObject({ state: 'connected', reconnects: 3 });
    expect(new Set(presented).size).toBe(4);
    expect(changes).toEqual([true, false, true, false, true, false, true]);
  });

  it('waits longer each time it is refused, and says why', async () => {
    connection = connect(portOf(server));
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      const socket = await arrival();
      socket.send(JSON.stringify({ type: 'error', code: 'session_not_found', message: 'No such session' }));
      socket.close(4404, 'No such session');
      await once(socket, 'close');
      while (connection.figures.last_error === null || clock.pending !== 1) await new Promise(setImmediate);
      let waited = 0;
      for (const before = connection.figures.reconnects; connection.figures.reconnects === before; waited += 50) {
        clock.advance(50);
      }
      waits.push(waited);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    expect(connection.figures).toMatchObject({
      state: 'reconnecting',
      last_error: 'session_not_found: No such session',
    });
    expect(changes).toEqual([]);
    await arrival();
  });

  it('ends at once in the middle of a connection that nobody answers, and for good', async () => {
    const sockets: Socket[] = [];
    const silent: Server = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const called = once(silent, 'connection');
    connection = connect(portOf(silent));
    await called;
    await connection.end();
    await connection.end();
    expect(connection.figures.state).toBe('off');
    clock.advance(60_000);
    expect(tokens).toBe(1);
    sockets.forEach((socket) => socket.destroy());
    silent.close();
  });

  it('gives up an attempt that gets no welcome', async () => {
    connection = connect(portOf(server));
    const first = await arrival();
    const gone = once(first, 'close');
    clock.advance(5_000);
    await gone;
    while (clock.pending === 0) await new Promise(setImmediate);
    clock.advance(250);
    await welcome(arrival());
    expect(connection.figures).toEqual({ state: 'connected', reconnects: 1, last_error: 'no welcome within 5 s' });
  });
});
