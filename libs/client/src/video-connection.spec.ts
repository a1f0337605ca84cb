import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Callout, VisionResult } from '@jiga/contracts';
import { VirtualClock } from '@jiga/testing';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { VideoOptions } from './frame-connection.js';
import { JigaError } from './jiga-error.js';
import type { ConnectionState } from './types.js';
import { VideoConnection } from './video-connection.js';

type Message = Record<string, unknown> & { picture?: Buffer };

/** The server's side of the video socket: hands out what arrives, sends what the test says. */
class FakeServer {
  readonly protocols: string[] = [];
  private readonly server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'jiga.v1' });
  private readonly arrived: Message[] = [];
  private wake: () => void = () => undefined;
  private socket: WebSocket | undefined;

  constructor(
    private readonly greet: (socket: WebSocket, connection: number) => void = (socket) => socket.send(WELCOME),
  ) {
    let connections = 0;
    this.server.on('connection', (socket, request) => {
      this.socket = socket;
      this.protocols.push(request.headers['sec-websocket-protocol'] ?? '');
      socket.on('message', (data: Buffer, isBinary) => {
        this.arrived.push(isBinary ? parseBinary(data) : (JSON.parse(String(data)) as Message));
        this.wake();
      });
      this.greet(socket, ++connections);
    });
  }

  async url(): Promise<string> {
    if (this.server.address() === null) await once(this.server, 'listening');
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/video`;
  }

  async next(): Promise<Message> {
    while (this.arrived.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    return this.arrived.shift() as Message;
  }

  get unread(): number {
    return this.arrived.length;
  }

  send(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }

  disconnect(): void {
    this.socket?.terminate();
  }

  async close(): Promise<void> {
    for (const socket of this.server.clients) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function parseBinary(data: Buffer): Message {
  const length = data.readUInt32BE(0);
  const header = JSON.parse(data.toString('utf8', 4, 4 + length)) as Message;
  return { ...header, picture: data.subarray(4 + length) };
}

const WELCOME = JSON.stringify({
  type: 'direct_video_stream_connected',
  session_id: 'sess_1',
  processing_mode: 'high_speed',
});
const PICTURE = new Uint8Array([0xff, 0xd8, 1, 2, 3]);
const result = (id: string): VisionResult => ({ analysis_id: id }) as VisionResult;
const answer = (message: Message, id: string): object => ({
  type: 'direct_video_analysis_result',
  request_id: message['request_id'],
  data: result(id),
});

let clock: VirtualClock;
let server: FakeServer;
let connection: VideoConnection;

async function open(fake: FakeServer, options: VideoOptions = {}): Promise<VideoConnection> {
  await server?.close();
  server = fake;
  const { WebSocket } = globalThis;
  connection = new VideoConnection({ url: await fake.url(), credential: 'key_1', WebSocket, clock }, options);
  return connection;
}

/** Resolves when the connection next enters `state`. */
const entered = (state: ConnectionState): Promise<void> =>
  new Promise((resolve) => {
    const stop = connection.on('state', (now) => {
      if (now !== state) return;
      stop();
      resolve();
    });
  });

beforeEach(() => {
  clock = new VirtualClock();
});
afterEach(async () => {
  connection.close();
  await server.close();
  expect(clock.pending).toBe(0);
});

describe('VideoConnection', () => {
  it('carries the credential as a subprotocol and resolves with the welcome', async () => {
    await open(new FakeServer());
    await expect(connection.connect()).resolves.toMatchObject({ session_id: 'sess_1', processing_mode: 'high_speed' });
    expect(server.protocols.map((header) => header.split(/, */))).toEqual([['jiga.v1', 'bearer.key_1']]);
    expect(connection.state).toBe('open');
  });

  it('sends bytes as a binary message and resolves with the result of that very frame', async () => {
    await open(new FakeServer());
    await connection.connect();
    const results: string[] = [];
    connection.on('result', ({ analysis_id }) => results.push(analysis_id));
    const first = connection.sendFrame(PICTURE, { timestamp: 12.5, source: 'direct_screen' });
    const second = connection.sendFrame(PICTURE);
    const messages = [await server.next(), await server.next()] as const;
    expect(messages[0]).toMatchObject({ type: 'analyze_frame', timestamp: 12.5, source: 'direct_screen' });
    expect(messages[0].picture).toEqual(Buffer.from(PICTURE));
    expect(messages[1]['timestamp']).toBe(clock.nowMs() / 1000);
    server.send(answer(messages[1], 'ana_2'));
    server.send(answer(messages[0], 'ana_1'));
    await expect(second).resolves.toEqual({ status: 'result', result: result('ana_2') });
    await expect(first).resolves.toEqual({ status: 'result', result: result('ana_1') });
    expect(results).toEqual(['ana_2', 'ana_1']);
  });

  it('sends base64 as a JSON message', async () => {
    await open(new FakeServer());
    await connection.connect();
    void connection.sendFrame('/9gBAgM=');
    expect(await server.next()).toMatchObject({ type: 'analyze_frame', frame_data: '/9gBAgM=', request_id: 'f1' });
  });

  it('tells of callouts, of server drops and of errors that belong to no frame', async () => {
    await open(new FakeServer());
    await connection.connect();
    const callout = new Promise<Callout>((resolve) => connection.on('callout', resolve));
    const error = new Promise<JigaError>((resolve) => connection.on('error', resolve));
    const frame = connection.sendFrame(PICTURE);
    const { request_id } = await server.next();
    server.send({ type: 'callout', data: { text: 'Enemy has our flag' } });
    server.send({ type: 'frame_dropped', request_id, reason: 'superseded' });
    server.send({ type: 'error', code: 'rate_limited', message: 'Too fast', retryable: true });
    await expect(callout).resolves.toEqual({ text: 'Enemy has our flag' });
    await expect(frame).resolves.toEqual({ status: 'dropped', reason: 'superseded' });
    await expect(error).resolves.toMatchObject({ code: 'rate_limited', message: 'Too fast', retryable: true });
  });

  it('rejects a frame with the error that the server gives for it', async () => {
    await open(new FakeServer());
    await connection.connect();
    const frame = connection.sendFrame(PICTURE);
    const { request_id } = await server.next();
    server.send({ type: 'error', request_id, code: 'invalid_image', message: 'Not a picture', retryable: false });
    await expect(frame).rejects.toMatchObject({ name: 'JigaError', code: 'invalid_image', requestId: 'f1' });
  });

  it('keeps at most maxInFlight frames on the way; of the others the newest waits', async () => {
    await open(new FakeServer(), { maxInFlight: 2 });
    await connection.connect();
    const frames = Array.from({ length: 10 }, () => connection.sendFrame(PICTURE));
    const first = await server.next();
    await server.next();
    await expect(Promise.all(frames.slice(2, 9))).resolves.toEqual(
      Array.from({ length: 7 }, () => ({ status: 'dropped', reason: 'client_superseded' })),
    );
    expect(server.unread).toBe(0);
    server.send(answer(first, 'ana_1'));
    expect(await server.next()).toMatchObject({ request_id: 'f10' });
  });

  it('rejects a frame that is not answered in time and makes room for the next', async () => {
    await open(new FakeServer(), { maxInFlight: 1, answerTimeoutMs: 1000 });
    await connection.connect();
    const frame = connection.sendFrame(PICTURE);
    await server.next();
    const next = connection.sendFrame(PICTURE);
    clock.advance(1000);
    await expect(frame).rejects.toMatchObject({ code: 'client_answer_timeout', retryable: true });
    server.send(answer(await server.next(), 'ana_2'));
    await expect(next).resolves.toMatchObject({ status: 'result' });
  });

  it('connects again after a break; frames on the way are dropped, the waiting one goes out', async () => {
    await open(new FakeServer(), { maxInFlight: 1 });
    await connection.connect();
    const lost = connection.sendFrame(PICTURE);
    await server.next();
    const reconnecting = entered('reconnecting');
    server.disconnect();
    await reconnecting;
    await expect(lost).resolves.toEqual({ status: 'dropped', reason: 'client_connection_lost' });
    const kept = connection.sendFrame(PICTURE);
    const reopened = entered('open');
    clock.advance(300);
    await reopened;
    server.send(answer(await server.next(), 'ana_9'));
    await expect(kept).resolves.toMatchObject({ status: 'result' });
  });

  it('does not try again when the server refuses for good, and gives its reason', async () => {
    const refuse = (socket: WebSocket): void => {
      socket.send(
        JSON.stringify({ type: 'error', code: 'session_not_found', message: 'No such session', retryable: false }),
      );
      socket.close(4404, 'no such session');
    };
    await open(new FakeServer(refuse));
    await expect(connection.connect()).rejects.toMatchObject({ code: 'session_not_found', status: 4404 });
    expect(connection.state).toBe('closed');
    await expect(connection.sendFrame(PICTURE)).rejects.toMatchObject({
      code: 'client_closed',
      message: 'The connection is over: No such session',
      cause: { code: 'session_not_found' },
    });
  });

  it('closes twice without harm and resolves what is open as dropped', async () => {
    await open(new FakeServer(), { maxInFlight: 1 });
    await connection.connect();
    const frames = [connection.sendFrame(PICTURE), connection.sendFrame(PICTURE)];
    await server.next();
    connection.close();
    connection.close();
    await expect(Promise.all(frames)).resolves.toEqual([
      { status: 'dropped', reason: 'client_closed' },
      { status: 'dropped', reason: 'client_closed' },
    ]);
    await expect(connection.connect()).rejects.toThrow('The connection was closed by this client');
  });
});
