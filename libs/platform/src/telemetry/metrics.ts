import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; from a cached answer to a stuck one. */
const DURATION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** A label with more values than this is a mistake that would grow the server's memory; the rest counts as `other`. */
const MAX_LABEL_VALUES = 200;

export type Labels<L extends string> = Readonly<Record<L, string>>;

/**
 * The figures of one server, for Prometheus. Names are `jiga_…`, with the unit at the end; labels are bounded: whatever
 * a client could choose freely never becomes one.
 */
@Injectable()
export class Metrics {
  readonly #registry = new Registry();
  readonly #queues = new Map<string, () => number>();

  /** Counts up. */
  counter<L extends string>(name: string, help: string, labelNames: readonly L[]) {
    const counter = new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
    const bound = new LabelBound<L>();
    return {
      add: (labels: Labels<L>, by = 1): void => counter.inc(bound.apply(labels), by),
    };
  }

  /** Durations: given in milliseconds, exposed in seconds as Prometheus wants them. */
  duration<L extends string>(name: string, help: string, labelNames: readonly L[]) {
    const histogram = new Histogram({
      name,
      help,
      labelNames: [...labelNames],
      buckets: DURATION_BUCKETS_S,
      registers: [this.#registry],
    });
    const bound = new LabelBound<L>();
    return {
      record: (labels: Labels<L>, ms: number): void => histogram.observe(bound.apply(labels), ms / 1000),
      /** The same for labels that do not change, without a look-up at each. */
      recorder: (labels: Labels<L>): ((ms: number) => void) => {
        const child = histogram.labels(bound.apply(labels));
        return (ms) => child.observe(ms / 1000);
      },
    };
  }

  /** A value read when it is asked for. */
  gauge(name: string, help: string, read: () => number): void {
    this.#addGauge(name, help, [], (gauge) => gauge.set({}, read()));
  }

  /** How much waits in a queue of the server's: shown as `jiga_queue_depth` under this name. */
  queue(name: string, depth: () => number): void {
    if (this.#queues.size === 0) {
      this.gaugeBy('jiga_queue_depth', 'What waits in the queues of the server.', 'queue', () =>
        Object.fromEntries([...this.#queues].map(([queue, read]) => [queue, read()])),
      );
    }
    this.#queues.set(name, depth);
  }

  /** A value for each label value, read when it is asked for. */
  gaugeBy(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void {
    this.#addGauge(name, help, [label], (gauge) => {
      gauge.reset();
      for (const [value, number] of Object.entries(read())) gauge.set({ [label]: value }, number);
    });
  }

  /** Prometheus text format 0.0.4. */
  expose(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #addGauge(name: string, help: string, labelNames: string[], fill: (gauge: Gauge) => void): void {
    const collect = function (this: Gauge): void {
      fill(this);
    };
    // The registry keeps it.
    void new Gauge({ name, help, labelNames, registers: [this.#registry], collect });
  }
}

/** Turns a label's further values into `other` once it has had too many. */
class LabelBound<L extends string> {
  readonly #seen = new Map<string, Set<string>>();

  apply(labels: Labels<L>): Partial<Record<L, string>> {
    const bounded: Partial<Record<L, string>> = {};
    for (const [name, value] of Object.entries(labels) as [L, string][]) {
      const seen = this.#seen.get(name) ?? new Set();
      if (!seen.has(value) && seen.size < MAX_LABEL_VALUES) this.#seen.set(name, seen.add(value));
      bounded[name] = seen.has(value) ? value : 'other';
    }
    return bounded;
  }
}
