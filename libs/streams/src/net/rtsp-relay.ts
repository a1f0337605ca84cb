import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';

import { StreamError } from '../stream-error.js';
import { RtspFramer, type RtspUnit } from './rtsp-framer.js';

const DEFAULT_PORT = 554;
const REDIRECT = /^RTSP\/\d\.\d 3\d\d/;

/**
 * Between ffmpeg and an RTSP server. ffmpeg by itself goes wherever a server points to; here it is given an address of loopback
 * for one connection, which leads to the address that the name of the server stands for and nowhere else.
 */
export class RtspRelay {
  readonly #sockets = new Set<Socket>();
  #wasRedirected = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
    private readonly address: string,
  ) {}

  /** @param address that the name in `target` stands for */
  static async open(target: URL, address: string): Promise<RtspRelay> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const relay = new RtspRelay(server, target, address);
    server.on('connection', (client) => relay.#join(client));
    return relay;
  }

  /** For ffmpeg. */
  get url(): string {
    return `${this.#origin}${this.target.pathname}${this.target.search}`;
  }

  /** The server named another place; the connection has been broken off. */
  get wasRedirected(): boolean {
    return this.#wasRedirected;
  }

  /** Breaks everything off. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  get #origin(): string {
    return `rtsp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  #join(client: Socket): void {
    // One connection carries all of it: whoever else comes is not the one it is for.
    if (this.#sockets.size > 0) return void client.destroy();
    const upstream = connect({ host: this.address, port: Number(this.target.port || DEFAULT_PORT), noDelay: true });
    const both = [client, upstream];
    const end = (): void => both.forEach((socket) => socket.destroy());
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    const toServer = throughUnits((unit) => this.#request(unit)).on('error', end);
    const toClient = throughUnits((unit) => this.#answer(unit)).on('error', end);
    client.pipe(toServer).pipe(upstream);
    upstream.pipe(toClient).pipe(client);
  }

  /** The server is asked under its own name. A body, of which the head says how long it is, is no question: it stays as it is. */
  #request({ head, bytes }: RtspUnit): Buffer {
    if (head === null) return bytes;
    const own = Buffer.from(head.replaceAll(this.#origin, `rtsp://${this.target.host}`), 'latin1');
    return Buffer.concat([own, bytes.subarray(head.length)]);
  }

  #answer({ head, bytes }: RtspUnit): Buffer {
    if (head === null || !REDIRECT.test(head)) return bytes;
    this.#wasRedirected = true;
    throw new StreamError('blocked_url');
  }
}

function throughUnits(change: (unit: RtspUnit) => Buffer): Transform {
  const framer = new RtspFramer();
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      try {
        for (const unit of framer.push(chunk)) this.push(change(unit));
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
