import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { anthropicAnswer, googleAnswer, openAiAnswer, speechAnswer, transcriptAnswer } from './fake-model-answers.js';

/** What the models say; in the form of every vendor. */
export interface FakeSaying {
  readonly text: string;
  readonly toolCall: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> } | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** PCM16 at 24 kHz, one channel. */
  readonly samples: Int16Array;
}

/**
 * `answer`: as asked. A number: that status. `stall`: the head, then nothing. `silence`: not even a head. `break`: the
 * connection ends in the midst. `nonsense`: 200 with what is no answer. `flood`: without end.
 */
export type FakeConduct = 'answer' | number | 'stall' | 'silence' | 'break' | 'nonsense' | 'flood';

export interface ModelRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed when it is JSON, else its text. */
  readonly body: unknown;
}

/** Part of an answer, and its content type. */
export interface FakeAnswer {
  readonly contentType: string;
  readonly parts: readonly (string | Uint8Array)[];
}

/** A service with the wire protocols of OpenAI, Anthropic and Google AI on loopback: as much of them as is asked. */
export class FakeModelServer {
  readonly received: ModelRequest[] = [];
  conduct: FakeConduct = 'answer';
  /** Towards requests with a picture; null = as towards any other. */
  pictureConduct: FakeConduct | null = null;
  /** Of answers that are refused, in seconds. */
  retryAfter: string | null = null;
  saying: FakeSaying = {
    text: '{}',
    toolCall: null,
    inputTokens: 11,
    outputTokens: 7,
    samples: Int16Array.from({ length: 2400 }, (_, index) => index),
  };
  /** Requests whose connection the other side closed before the answer was whole. */
  brokenOff = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request, reply) => void this.#take(request, reply));
  }

  static async listen(): Promise<FakeModelServer> {
    const server = createServer();
    const fake = new FakeModelServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  /** What the base URLs of all vendors are here. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Breaks off every connection. May be called twice. */
  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #take(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    reply.on('close', () => void (reply.writableFinished || this.brokenOff++));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    const body = parse(Buffer.concat(chunks).toString('latin1'), request.headers);
    this.received.push({ path, headers: request.headers, body });
    const conduct = (hasPicture(body) && this.pictureConduct) || this.conduct;
    this.#behave(reply, answerTo(path, body, this.saying), conduct);
  }

  #behave(reply: ServerResponse, answer: FakeAnswer, conduct: FakeConduct): void {
    const head = { 'content-type': answer.contentType };
    if (conduct === 'silence') return;
    if (typeof conduct === 'number') {
      const wait = this.retryAfter === null ? {} : { 'retry-after': this.retryAfter };
      reply.writeHead(conduct, { 'content-type': 'application/json', ...wait });
      return void reply.end(JSON.stringify({ error: { message: 'refused sk-…echo', type: 'error', code: null } }));
    }
    reply.writeHead(200, head);
    if (conduct === 'nonsense') return void reply.end('<html>here is no model</html>');
    if (conduct === 'flood') return flood(reply);
    if (conduct === 'answer') {
      for (const part of answer.parts) reply.write(part);
      return void reply.end();
    }
    reply.flushHeaders();
    if (conduct === 'break') {
      reply.write(Buffer.from(answer.parts[0] ?? '').subarray(0, 20));
      setImmediate(() => reply.destroy());
    }
  }
}

function answerTo(path: string, body: unknown, saying: FakeSaying): FakeAnswer {
  if (path.endsWith('/models')) return { contentType: 'application/json', parts: ['{"data":[],"models":[]}'] };
  if (path.endsWith('/audio/transcriptions')) return transcriptAnswer(saying);
  if (path.endsWith('/audio/speech')) return speechAnswer(saying);
  const isStream = path.includes('streamGenerateContent') || (body as { stream?: boolean }).stream === true;
  if (path.includes('/messages')) return anthropicAnswer(saying, isStream, body);
  if (path.includes('enerateContent')) return googleAnswer(saying, isStream);
  return openAiAnswer(saying, isStream);
}

const hasPicture = (body: unknown): boolean => JSON.stringify(body).includes('image/jpeg');

const parse = (text: string, headers: IncomingHttpHeaders): unknown =>
  headers['content-type']?.startsWith('application/json') ? (JSON.parse(text) as unknown) : text;

/** Writes until the other side has enough. */
function flood(reply: ServerResponse): void {
  const piece = `data: ${'x'.repeat(64 * 1024)}\n\n`;
  const more = (): void => {
    while (!reply.destroyed && reply.write(piece));
  };
  reply.on('drain', more);
  more();
}
