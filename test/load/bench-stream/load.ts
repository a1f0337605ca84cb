import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../../../apps/cli/src/percentiles.js';
import { cpuBetween, cpuTimeOf } from './cpu-time.js';
import { RawSocket } from './raw-socket.js';
import type { Target } from './targets.js';

export interface LoadOptions {
  readonly messages: readonly Buffer[];
  readonly connections: number;
  /** Frames a second over all connections, evenly; null = on each the next one when one is answered. */
  readonly rate: number | null;
  readonly seconds: number;
}

export interface LoadResult {
  readonly framesPerSecond: number;
  /** Of the whole server process, and of its main thread alone; null where the system does not tell. */
  readonly cpuMsPerFrame: number | null;
  readonly mainCpuMsPerFrame: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Frames that were answered with anything but a result. */
  readonly notAnalysed: number;
}

const WARM_UP_SECONDS = 2;
const RESULT = /direct_video_analysis_result|high_speed_analysis_result/;
const GREETING = /connected|credit/;

/** Sends frames on its connections and takes the time until each is answered. Answers come in the order of the frames. */
class Load {
  #results = 0;
  #others = 0;
  #next = 0;
  #latencies: number[] = [];
  #isOver = false;
  readonly #sockets: { readonly socket: RawSocket; readonly sentAt: number[] }[] = [];

  constructor(private readonly options: LoadOptions) {}

  async connect(target: Target): Promise<void> {
    for (let i = 0; i < this.options.connections; i++) {
      const { url, token } = await target.open();
      const sentAt: number[] = [];
      const socket = await RawSocket.open(url, token, (text) => this.#take(text, i));
      this.#sockets.push({ socket, sentAt });
    }
  }

  start(): void {
    if (this.options.rate !== null) return void this.#pace(this.options.rate);
    for (let i = 0; i < this.#sockets.length; i++) this.#send(i);
  }

  /** Counts anew from now on. */
  reset(): void {
    [this.#results, this.#others, this.#latencies] = [0, 0, []];
  }

  read(): { results: number; others: number; latencies: readonly number[] } {
    return { results: this.#results, others: this.#others, latencies: this.#latencies };
  }

  stop(): void {
    this.#isOver = true;
    for (const { socket } of this.#sockets) socket.close();
  }

  #take(text: string, index: number): void {
    if (GREETING.test(text)) return;
    if (RESULT.test(text)) this.#results++;
    else this.#others++;
    const sentAt = this.#sockets[index]?.sentAt.shift();
    if (sentAt !== undefined) this.#latencies.push(performance.now() - sentAt);
    if (this.options.rate === null && !this.#isOver) this.#send(index);
  }

  #send(index: number): void {
    const { messages } = this.options;
    const message = messages[this.#next++ % messages.length];
    const connection = this.#sockets[index];
    if (!message || !connection) return;
    connection.sentAt.push(performance.now());
    connection.socket.send(message);
  }

  async #pace(rate: number): Promise<void> {
    const startedAt = performance.now();
    for (let sent = 0; !this.#isOver;) {
      const due = ((performance.now() - startedAt) * rate) / 1000;
      for (; sent < due; sent++) this.#send(sent % this.#sockets.length);
      await delay(1);
    }
  }
}

export async function runLoad(target: Target, options: LoadOptions): Promise<LoadResult> {
  const load = new Load(options);
  await load.connect(target);
  load.start();
  await delay(WARM_UP_SECONDS * 1000);
  load.reset();
  const cpuBefore = cpuTimeOf(target.pid);
  const startedAt = performance.now();
  await delay(options.seconds * 1000);
  const { results, others, latencies } = load.read();
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = cpuBetween(cpuBefore, cpuTimeOf(target.pid));
  load.stop();
  return {
    framesPerSecond: Math.round(results / seconds),
    cpuMsPerFrame: cpu && round(cpu.allMs / Math.max(1, results)),
    mainCpuMsPerFrame: cpu && round(cpu.mainMs / Math.max(1, results)),
    p50Ms: rounded(percentile(latencies, 0.5)),
    p95Ms: rounded(percentile(latencies, 0.95)),
    p99Ms: rounded(percentile(latencies, 0.99)),
    notAnalysed: others,
  };
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
const rounded = (value: number | null): number | null => value && Math.round(value * 100) / 100;
