import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { FakeTwitch, type FakeHttpAnswer, type FakeTwitchOptions } from './fake-twitch.js';

/** The fake on a port of loopback. */
export class FakeTwitchServer {
  private constructor(
    private readonly server: Server,
    readonly twitch: FakeTwitch,
    readonly origin: string,
  ) {}

  static async listen(options: Omit<FakeTwitchOptions, 'origins'>): Promise<FakeTwitchServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const fake = new FakeTwitchServer(
      server,
      new FakeTwitch({ ...options, origins: { playlist: origin, segment: origin } }),
      origin,
    );
    server.on('request', (request, reply) => void fake.#take(request, reply));
    return fake;
  }

  /** What makes a server take it for Twitch. */
  get environment(): Readonly<Record<string, string>> {
    return {
      JIGA_TWITCH_GQL_URL: `${this.origin}/gql`,
      JIGA_TWITCH_USHER_URL: this.origin,
      JIGA_STREAM_ALLOWED_HOSTS: '127.0.0.1',
    };
  }

  /** Connections that are open now. */
  async connections(): Promise<number> {
    return await new Promise((resolve) => this.server.getConnections((_error, count) => resolve(count)));
  }

  /** Breaks off every connection. May be called twice. */
  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #take(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const url = new URL(request.url ?? '/', this.origin);
    const answer = this.twitch.handle({
      method: request.method ?? 'GET',
      url,
      headers,
      body: Buffer.concat(chunks).toString(),
    });
    if (!answer.hangs) await send(reply, answer);
  }
}

async function send(
  reply: ServerResponse,
  { status, headers, body, bytesPerSecond, breaksAfter }: FakeHttpAnswer,
): Promise<void> {
  const bytes = Buffer.from(body ?? '');
  reply.writeHead(status, { 'content-length': bytes.length, ...headers });
  if (breaksAfter !== undefined) {
    reply.write(bytes.subarray(0, breaksAfter), () => reply.destroy());
    return;
  }
  if (bytesPerSecond !== undefined) {
    for (let at = 0; at < bytes.length && !reply.destroyed; at += bytesPerSecond) {
      reply.write(bytes.subarray(at, at + bytesPerSecond));
      await new Promise((resolve) => setTimeout(resolve, 1000).unref());
    }
  }
  reply.end(bytesPerSecond === undefined ? bytes : undefined);
}
