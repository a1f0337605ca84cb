import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';

import { AppError } from '@jiga/contracts';
import { SocketClient, VirtualClock, until } from '@jiga/testing';

import { Connection } from './connection.js';
import type { ConnectionHandler } from './connection.js';
import type { ServerSocket } from './server-socket.js';
import type { SocketLimits } from './socket-limits.js';
import type { SocketUpgrade } from './upgrade.js';
import { SocketAdapter } from './ws.adapter.js';

const LIMITS: SocketLimits = {
  maxMessageBytes: 20_000,
  messagesPerSecond: 10,
  messageBurst: 20,
  maxRateViolations: 30,
  outboundSoftBytes: 64 * 1024,
  outboundHardBytes: 512 * 1024,
  heartbeatMs: 15_000,
  closeGraceMs: 300,
};

/** Echoes text; records what happens to it. */
class EchoHandler implements ConnectionHandler {
  closedTimes = 0;
  drainedTimes = 0;
  constructor(readonly connection: Connection) {}

  onMessage(data: Buffer, isBinary: boolean): void {
    const text = data.toString();
    if (text === 'throw') throw new Error('a secret detail');
    if (text === 'refuse') return this.connection.refuse(new AppError('session_closed'));
    this.connection.send({ type: 'echo', text, binary: isBinary });
  }
  onRefused(_data: Buffer, _isBinary: boolean, error: AppError): void {
    this.connection.sendError(error, { request_id: 'known' });
  }
  onDrain(): void {
    this.drainedTimes += 1;
    this.connection.send({ type: 'last_words' });
  }
  onClosed(): void {
    this.closedTimes += 1;
  }
}

describe('SocketAdapter and Connection', () => {
  let http: Server;
  let adapter: SocketAdapter;
  let clock: VirtualClock;
  let origin: string;
  const handlers: EchoHandler[] = [];
  const upgrades: SocketUpgrade[] = [];
  const connections: Connection[] = [];
  let startsAtOnce: boolean;

  beforeEach(async () => {
    handlers.length = upgrades.length = connections.length = 0;
    startsAtOnce = true;
    clock = new VirtualClock();
    http = createServer((_request, response) => response.end('plain'));
    adapter = new SocketAdapter(http, LIMITS, { clock, graceMs: 0 });
    const route = adapter.create(0, { path: '/sessions/:sessionId/echo' });
    adapter.bindClientConnect(route, (socket, _request, upgrade) => {
      const connection = new Connection(socket as ServerSocket, { clock, limits: LIMITS });
      connections.push(connection);
      upgrades.push(upgrade as SocketUpgrade);
      const handler = new EchoHandler(connection);
      handlers.push(handler);
      if (startsAtOnce) connection.start(handler);
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    origin = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    await adapter.dispose();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  const open = (options = {}) => SocketClient.connect(`${origin}/sessions/sess_7/echo?resume_from=x`, options);

  it('gives the gateway the path parameters and the query', async () => {
    await open();
    expect(upgrades[0]?.params).toEqual({ sessionId: 'sess_7' });
    expect(upgrades[0]?.query.get('resume_from')).toBe('x');
  });

  it('numbers and stamps every message', async () => {
    const client = await open();
    client.sendText('a');
    client.sendBinary({}, Buffer.from('b'));
    const [first, second] = await client.waitForCount(2);
    expect(first).toEqual({ type: 'echo', text: 'a', binary: false, seq: 1, timestamp: clock.nowMs() / 1000 });
    expect(second).toMatchObject({ seq: 2, binary: true });
  });

  it('answers an unknown path with a 404 problem document', async () => {
    await expect(SocketClient.connect(`${origin}/sessions/sess_7/other`)).rejects.toThrow('HTTP 404');
    await expect(SocketClient.connect(`${origin}/`)).rejects.toThrow('HTTP 404');
    const response = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(origin).port), '127.0.0.1');
      let text = '';
      socket.on('data', (data) => (text += data.toString()));
      socket.on('close', () => resolve(text));
      socket.write('GET //%zz?a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
    expect(response).toMatch(/^HTTP\/1\.1 404 /);
    expect(JSON.parse(response.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('selects the subprotocol and never sends a token back', async () => {
    const client = await open({ protocols: ['jiga.v1', 'bearer.secret'] });
    expect(client.socket.protocol).toBe('jiga.v1');
    await expect(open({ protocols: ['bearer.secret'] })).rejects.toThrow(/no subprotocol/i);
  });

  it('keeps what a client sends before its connection starts', async () => {
    startsAtOnce = false;
    const client = await open();
    client.sendText('early');
    await until(() => connections.length === 1);
    connections[0]?.start(handlers[0] as EchoHandler);
    expect(await client.next()).toMatchObject({ text: 'early' });
  });

  it('accepts, sends one error and closes with its code, so that a browser can read it', async () => {
    startsAtOnce = false;
    const client = await open();
    await until(() => connections.length === 1);
    connections[0]?.refuse(new AppError('session_not_found', 'No such session: '.padEnd(200, 'é')));
    const { code, reason } = await client.closed;
    expect(code).toBe(4404);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
    expect(client.messages).toHaveLength(1);
    expect(client.messages[0]).toMatchObject({ type: 'error', code: 'session_not_found', retryable: false, seq: 1 });
  });

  it('tells a client that its message is too large before closing 1009', async () => {
    const client = await open();
    client.sendText('x'.repeat(LIMITS.maxMessageBytes + 1));
    expect((await client.closed).code).toBe(1009);
    expect(client.messages).toMatchObject([{ type: 'error', code: 'message_too_large' }]);
    await until(() => handlers[0]?.closedTimes === 1);
  });

  it('closes 1007 on text that is not UTF-8, with an error first', async () => {
    const client = await open();
    client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect((await client.closed).code).toBe(1007);
    expect(client.messages).toMatchObject([{ type: 'error', code: 'malformed_json' }]);
  });

  it('answers what the handler throws without its details, and stays open', async () => {
    const client = await open();
    client.sendText('throw');
    expect(await client.next()).toMatchObject({ type: 'error', code: 'internal', retryable: true });
    expect(JSON.stringify(client.messages)).not.toContain('secret detail');
    client.sendText('still here');
    expect(await client.next()).toMatchObject({ text: 'still here' });
  });

  it('answers messages above the rate, and ends with 1008 who does not stop', async () => {
    const client = await open();
    for (let i = 0; i < 25; i++) client.sendText(`${i}`);
    const answers = await client.waitForCount(25);
    expect(answers.filter(({ type }) => type === 'echo')).toHaveLength(20);
    expect(answers[24]).toMatchObject({ code: 'rate_limited', request_id: 'known', retryable: true, retry_after: 0.1 });
    for (let i = 0; i < 40; i++) client.sendText('more');
    expect((await client.closed).code).toBe(1008);
  });

  it('drops a peer that does not answer a ping, and keeps one that does', async () => {
    const alive = await open();
    const dead = await open();
    dead.rawSocket.pause();
    let pings = 0;
    alive.socket.on('ping', () => (pings += 1));
    clock.advance(LIMITS.heartbeatMs);
    await until(() => pings === 1);
    alive.sendText('a');
    await alive.next();
    clock.advance(LIMITS.heartbeatMs);
    await until(() => adapter.size === 1);
    expect([handlers[0]?.closedTimes, handlers[1]?.closedTimes]).toEqual([0, 1]);
    dead.socket.terminate();
  });

  it('withholds droppable messages from a slow reader, then cuts it off', async () => {
    const client = await open();
    client.rawSocket.pause();
    const connection = connections[0] as Connection;
    const text = 'x'.repeat(16_000);
    let sent = 0;
    while (connection.send({ type: 'result', text }, 'droppable') && sent < 10_000) sent += 1;
    expect(connection.withheld).toBe(1);
    expect(connection.isOpen).toBe(true);
    expect(connection.send({ type: 'answer' })).toBe(true);
    while (connection.send({ type: 'answer', text }) && sent < 20_000) sent += 1;
    expect(sent).toBeLessThan(20_000);
    expect(connection.isOpen).toBe(false);
    client.rawSocket.resume();
    expect(await client.closed).toEqual({ code: 1013, reason: 'client does not read' });
    await until(() => handlers[0]?.closedTimes === 1);
    expect(connection.signal.aborted).toBe(true);
  });

  it('tells handlers of a stop and closes 1001', async () => {
    const client = await open();
    const ended = adapter.drain();
    expect(await client.closed).toMatchObject({ code: 1001 });
    expect(client.messages).toMatchObject([{ type: 'session.moving' }, { type: 'last_words' }]);
    await ended;
    expect(handlers[0]).toMatchObject({ drainedTimes: 1, closedTimes: 1 });
  });

  it('tells new sockets why they must go while it stops, whether they answer the close or not', async () => {
    await adapter.drain();
    const late = await open();
    expect(await late.closed).toMatchObject({ code: 1001, reason: 'The server is shutting down' });
    expect(late.messages).toMatchObject([{ type: 'error', code: 'draining', retryable: true, seq: 1 }]);
    expect(handlers).toHaveLength(0);
    const silent = await open();
    silent.rawSocket.pause();
    await until(() => adapter.size === 0);
    silent.socket.terminate();
    expect(clock.pending).toBe(0);
    await expect(SocketClient.connect(`${origin}/nowhere`)).rejects.toThrow('HTTP 404');
  });

  it('does not wait longer than the grace for a peer that does not answer the close', async () => {
    const client = await open();
    client.rawSocket.pause();
    await adapter.drain();
    expect(adapter.size).toBe(0);
    client.socket.terminate();
  });

  it('leaves no timer behind, whoever ends the connection', async () => {
    const client = await open();
    const other = await open();
    await client.close();
    other.sendText('refuse');
    expect((await other.closed).code).toBe(4409);
    await until(() => adapter.size === 0);
    expect(clock.pending).toBe(0);
    expect(handlers.map(({ closedTimes }) => closedTimes)).toEqual([1, 1]);
  });

  it('survives clients that break off the handshake or the connection', async () => {
    const port = Number(new URL(origin).port);
    for (const start of [
      'GET /sessions/a/echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ]) {
      const socket = connect(port, '127.0.0.1', () => socket.write(start, () => socket.resetAndDestroy()));
      await new Promise((resolve) => socket.on('close', resolve));
    }
    const client = await open();
    client.rawSocket.resetAndDestroy();
    await until(() => handlers.at(-1)?.closedTimes === 1);
    const again = await open();
    again.sendText('fine');
    expect(await again.next()).toMatchObject({ text: 'fine' });
    expect(again.socket.readyState).toBe(WebSocket.OPEN);
  });
});
