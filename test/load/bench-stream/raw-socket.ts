import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Told of each text message: its first and its last characters. */
export type OnMessage = (beginning: string, ending: string) => void;

const LOOKED_AT = 120;

/**
 * A WebSocket client that costs next to nothing, so that the load does not take the machine from what it measures: its
 * messages are made beforehand, with their masks, and of what comes back only the beginning and the end are looked at.
 */
export class RawSocket {
  #unread: Buffer = Buffer.alloc(0);

  private constructor(
    private readonly socket: Socket,
    private readonly onMessage: OnMessage,
  ) {}

  static async open(url: string, token: string | null, onMessage: OnMessage): Promise<RawSocket> {
    const { hostname, port, pathname } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    const head = [
      `GET ${pathname} HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ...(token === null ? [] : [`Authorization: Bearer ${token}`]),
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    const raw = new RawSocket(socket, onMessage);
    await raw.#readHead();
    socket.on('data', (chunk: Buffer) => raw.#take(chunk));
    return raw;
  }

  /** Sends a frame of {@link maskedFrame}. */
  send(frame: Buffer): void {
    this.socket.write(frame);
  }

  close(): void {
    this.socket.destroy();
  }

  async #readHead(): Promise<void> {
    let text = '';
    while (!text.includes('\r\n\r\n')) {
      const [chunk] = (await once(this.socket, 'data')) as [Buffer];
      text += chunk.toString('latin1');
    }
    if (!text.startsWith('HTTP/1.1 101')) throw new Error(`The server answered ${text.split('\r\n')[0]}`);
    this.#take(Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1'));
  }

  /** Servers do not mask: 2 bytes, or 4 or 10 with a longer length, then the payload. */
  #take(chunk: Buffer): void {
    let data = this.#unread.length > 0 ? Buffer.concat([this.#unread, chunk]) : chunk;
    while (data.length >= 2) {
      const short = (data[1] ?? 0) & 0x7f;
      const headBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (data.length < headBytes) break;
      const length = short < 126 ? short : short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2));
      if (data.length < headBytes + length) break;
      const end = headBytes + length;
      if (((data[0] ?? 0) & 0x0f) === 1)
        this.onMessage(
          data.toString('latin1', headBytes, Math.min(end, headBytes + LOOKED_AT)),
          data.toString('latin1', Math.max(headBytes, end - LOOKED_AT), end),
        );
      data = data.subarray(end);
    }
    this.#unread = data;
  }
}

/** A whole message as a client sends it, masked. */
export function maskedFrame(payload: Buffer, isBinary: boolean): Buffer {
  const mask = Buffer.from([0x35, 0xa2, 0x5c, 0x91]);
  const head = payload.length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = 0x80 | (isBinary ? 2 : 1);
  if (head.length === 4) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(payload.length, 2);
  } else {
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  const body = Buffer.allocUnsafe(payload.length);
  for (let i = 0; i < body.length; i++) body[i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return Buffer.concat([head, mask, body]);
}
