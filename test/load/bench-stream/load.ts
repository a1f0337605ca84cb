import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../../../apps/cli/src/percentiles.js';
import { busyTime, cpuBetween, cpuTimeOf } from './cpu-time.js';
import { RawSocket } from './raw-socket.js';
import type { Place, Target } from './targets.js';

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
  /** From receipt to answer by the server's own clock; null where it does not tell. */
  readonly serverP50Ms: number | null;
  readonly serverP99Ms: number | null;
  /** How often the load itself was held up, so that it left frames out. */
  readonly loadHeldUp: number;
  /** Cores that were busy with neither the server nor the load; null where the system does not tell. */
  readonly otherCores: number | null;
  /** Frames that were answered with anything but a result. */
  readonly notAnalysed: number;
}

const WARM_UP_SECONDS = 2;
const RESULT = /direct_video_analysis_result|high_speed_analysis_result/;
const GREETING = /connected|credit/;
const SERVER_TIME = /"processing_latency_ms":([\d.]+)/;
/** What is due is sent late at most by so much: a burst of all that a longer hold-up left behind is no crowd of players. */
const HELD_UP_MS = 3;

interface Counts {
  readonly results: number;
  readonly others: number;
  readonly heldUp: number;
  readonly latencies: readonly number[];
  readonly serverTimes: readonly number[];
}

/** Sends frames on its connections and takes the time until each is answered. Answers come in the order of the frames. */
class Load {
  #results = 0;
  #others = 0;
  #next = 0;
  #heldUp = 0;
  #latencies: number[] = [];
  #serverTimes: number[] = [];
  #isOver = false;
  readonly #sockets: { readonly socket: RawSocket; readonly sentAt: number[]; readonly place: Place }[] = [];

  constructor(private readonly options: LoadOptions) {}

  async connect(target: Target): Promise<void> {
    for (let i = 0; i < this.options.connections; i++) {
      const place = await target.open();
      const take = (beginning: string, ending: string): void => this.#take(beginning, ending, i);
      const socket = await RawSocket.open(place.url, place.token, take);
      this.#sockets.push({ socket, sentAt: [], place });
    }
  }

  start(): void {
    if (this.options.rate !== null) return void this.#pace(this.options.rate);
    for (let i = 0; i < this.#sockets.length; i++) this.#send(i);
  }

  /** Counts anew from now on. */
  reset(): void {
    [this.#results, this.#others, this.#heldUp] = [0, 0, 0];
    [this.#latencies, this.#serverTimes] = [[], []];
  }

  read(): Counts {
    const [results, others, heldUp] = [this.#results, this.#others, this.#heldUp];
    return { results, others, heldUp, latencies: this.#latencies, serverTimes: this.#serverTimes };
  }

  /** Ends the sessions too, so that what they hold is not part of what comes next. */
  async stop(): Promise<void> {
    this.#isOver = true;
    for (const { socket } of this.#sockets) socket.close();
    await Promise.all(this.#sockets.map(({ place }) => place.close()));
  }

  #take(beginning: string, ending: string, index: number): void {
    if (GREETING.test(beginning)) return;
    if (RESULT.test(beginning)) this.#results++;
    else this.#others++;
    const serverTime = SERVER_TIME.exec(ending)?.[1];
    if (serverTime !== undefined) this.#serverTimes.push(Number(serverTime));
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
    let due = performance.now();
    for (let sent = 0; !this.#isOver;) {
      const now = performance.now();
      if (now - due > HELD_UP_MS) {
        this.#heldUp++;
        due = now;
      }
      for (; due <= now; due += 1000 / rate) this.#send(sent++ % this.#sockets.length);
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
  const [cpuBefore, ownBefore, busyBefore] = [cpuTimeOf(target.pid), process.cpuUsage(), busyTime()];
  const startedAt = performance.now();
  await delay(options.seconds * 1000);
  const { results, others, heldUp, latencies, serverTimes } = load.read();
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = cpuBetween(cpuBefore, cpuTimeOf(target.pid));
  const own = process.cpuUsage(ownBefore);
  const busyAfter = busyTime();
  await load.stop();
  const used = cpu && cpu.allMs + (own.user + own.system) / 1000;
  const otherMs = used === null || busyBefore === null || busyAfter === null ? null : busyAfter - busyBefore - used;
  return {
    framesPerSecond: Math.round(results / seconds),
    cpuMsPerFrame: cpu && round(cpu.allMs / Math.max(1, results)),
    mainCpuMsPerFrame: cpu && round(cpu.mainMs / Math.max(1, results)),
    p50Ms: rounded(percentile(latencies, 0.5)),
    p95Ms: rounded(percentile(latencies, 0.95)),
    p99Ms: rounded(percentile(latencies, 0.99)),
    serverP50Ms: rounded(percentile(serverTimes, 0.5)),
    serverP99Ms: rounded(percentile(serverTimes, 0.99)),
    loadHeldUp: heldUp,
    otherCores: rounded(otherMs === null ? null : Math.max(0, otherMs) / (seconds * 1000)),
    notAnalysed: others,
  };
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
const rounded = (value: number | null): number | null => value && Math.round(value * 100) / 100;
