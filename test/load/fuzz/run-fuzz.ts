import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';

import { targetsOf, type ApiDocument } from './document.js';
import { Judge, type FuzzAnswer } from './judge.js';
import { makeRequest, type FuzzRequest } from './make-request.js';
import { Random } from './random.js';

export interface FuzzOptions {
  /** On this machine. */
  readonly origin: string;
  readonly key: string;
  readonly picture: Buffer;
  readonly seed: number;
  readonly requests: number;
  /** Requests under way at once. With 1 a seed makes the same requests each time, as far as the answers are the same. */
  readonly concurrency: number;
  /** The run ends at this time even when it has not made all requests. */
  readonly timeLimitMs: number;
}

export interface FuzzFault {
  readonly request: FuzzRequest;
  readonly faults: readonly string[];
}

export interface FuzzReport {
  readonly made: number;
  readonly slowestMs: number;
  readonly statuses: ReadonlyMap<number, number>;
  /** Operations that answered at least once as they should when all is right. */
  readonly succeeded: ReadonlySet<string>;
  readonly operations: number;
  readonly faults: readonly FuzzFault[];
}

const LONGEST_WAIT_MS = 10_000;
const FAULTS_KEPT = 50;
const IDS_KEPT = 50;

/** Sends requests made from the server's own API document and holds every answer against it. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  if (new URL(options.origin).hostname !== '127.0.0.1') throw new Error('Only a server on this machine is fuzzed.');
  const document = (await (await fetch(`${options.origin}/openapi.json`)).json()) as ApiDocument;
  const run = new FuzzRun(options, document);
  await Promise.all(Array.from({ length: options.concurrency }, () => run.work()));
  return run.finish();
}

class FuzzRun {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #random: Random;
  readonly #judge: Judge;
  readonly #targets;
  readonly #ids = new Map<string, string[]>();
  readonly #statuses = new Map<number, number>();
  readonly #succeeded = new Set<string>();
  readonly #faults: FuzzFault[] = [];
  readonly #endsAt: number;
  #made = 0;
  #slowestMs = 0;

  constructor(
    private readonly options: FuzzOptions,
    document: ApiDocument,
  ) {
    this.#random = new Random(options.seed);
    this.#judge = new Judge(document);
    this.#targets = targetsOf(document);
    this.#endsAt = performance.now() + options.timeLimitMs;
  }

  async work(): Promise<void> {
    const { requests, key, picture } = this.options;
    while (this.#made < requests && performance.now() < this.#endsAt && this.#faults.length < FAULTS_KEPT) {
      this.#made++;
      const target = this.#random.pick(this.#targets);
      if (!target) return;
      const request = makeRequest(target, { key, picture, ids: this.#ids }, this.#random);
      await this.#make(request);
    }
  }

  finish(): FuzzReport {
    this.#agent.destroy();
    return {
      made: this.#made,
      slowestMs: this.#slowestMs,
      statuses: this.#statuses,
      succeeded: this.#succeeded,
      operations: this.#targets.length,
      faults: this.#faults,
    };
  }

  async #make(request: FuzzRequest): Promise<void> {
    try {
      const answer = await send(this.options.origin, request, this.#agent);
      this.#statuses.set(answer.status, (this.#statuses.get(answer.status) ?? 0) + 1);
      this.#slowestMs = Math.max(this.#slowestMs, answer.tookMs);
      if (answer.status < 300) this.#noteSuccess(request, answer);
      const faults = this.#judge.faults(request, answer);
      if (faults.length > 0) this.#faults.push({ request, faults });
    } catch (error) {
      this.#faults.push({ request, faults: [`has no answer: ${String(error)}`] });
    }
  }

  #noteSuccess({ target }: FuzzRequest, { body }: FuzzAnswer): void {
    this.#succeeded.add(target.operation.operationId);
    for (const [id, prefix = ''] of body.matchAll(/\b(sess|whk|key|dlv)_[0-9A-Za-z]{22}\b/g)) {
      const ids = this.#ids.get(prefix) ?? [];
      if (!ids.includes(id)) this.#ids.set(prefix, [...ids, id].slice(-IDS_KEPT));
    }
  }
}

async function send(origin: string, { method, path, headers, body }: FuzzRequest, agent: Agent): Promise<FuzzAnswer> {
  const startedAt = performance.now();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const { hostname: host, port } = new URL(origin);
    const length = body === null ? {} : { 'content-length': String(body.length) };
    const outgoing = httpRequest({ host, port, agent, method, path, headers: { ...headers, ...length } }, resolve);
    outgoing.setTimeout(LONGEST_WAIT_MS, () => outgoing.destroy(new Error('timed out')));
    outgoing.on('error', reject);
    outgoing.on('upgrade', (_, socket) => {
      socket.destroy();
      reject(new Error('was upgraded'));
    });
    outgoing.end(body ?? undefined);
  });
  const type = response.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? null;
  const text = type === 'text/event-stream' ? hangUp(response) : await readAll(response);
  return { status: response.statusCode ?? 0, type, body: text, tookMs: performance.now() - startedAt };
}

/** A feed has no end. */
function hangUp(response: IncomingMessage): string {
  response.destroy();
  return '';
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
