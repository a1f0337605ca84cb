import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver does with a request once it has its body; `index` counts requests from 0. */
export type ReceiverBehaviour = (reply: ServerResponse, webhook: ReceivedWebhook, index: number) => void;

/** A webhook receiver on loopback that keeps all it got. Without a behaviour it answers 204. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  behave: ReceiverBehaviour = (reply) => reply.writeHead(204).end();

  private constructor(private readonly server: Server) {
    server.on('request', (request, reply) => void this.#take(request, reply));
  }

  static async listen(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** Breaks off every connection. May be called twice. */
  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #take(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const webhook = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
    this.received.push(webhook);
    this.behave(reply, webhook, this.received.length - 1);
  }
}
