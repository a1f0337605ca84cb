import { randomUUID } from 'node:crypto';

import { Inject, Injectable, Logger } from '@nestjs/common';

import { CLOCK } from '@jiga/contracts';
import type { CancelTimer, Clock } from '@jiga/contracts';

import { AMOUNT_NAMES, NOTHING_USED, type UsageAmounts, type UsageKey, type UsageRecord } from './usage.js';
import { USAGE_STORE, type UsageStore } from './usage.store.js';

/** How much counting a death of the process can cost. */
const FLUSH_EVERY_MS = 2_000;
/** Far above what a server can fill between two writes; beyond it the database has been away for long. */
const MAX_KEYS = 100_000;

const DAY_MS = 86_400_000;

/** Sums on their way to the store, under the same id at every try. */
interface Batch {
  readonly id: string;
  readonly records: readonly UsageRecord[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** UTC date of a moment in Unix milliseconds, `2026-01-31`. */
export const utcDate = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
export const dayOf = (clock: Clock): string => utcDate(clock.nowMs());

/** Adds up in memory what is used, and writes the sums down every other second: the hot path never waits. */
@Injectable()
export class UsageMeter {
  readonly #log = new Logger(UsageMeter.name);
  #counting = new Map<string, UsageKey & Mutable<UsageAmounts>>();
  /** Of which nobody knows whether it is kept. */
  #unsure: Batch | null = null;
  /** The last day that was asked for, in days since 1970, and its name. */
  #today = { number: Number.NaN, name: '' };
  #flushing: Promise<void> = Promise.resolve();
  #stop: CancelTimer | null = null;
  #lost = 0;

  constructor(
    @Inject(USAGE_STORE) private readonly store: UsageStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  start(): void {
    this.#stop = this.clock.every(FLUSH_EVERY_MS, () => void this.flush());
  }

  /** Sums that are not written yet. */
  get depth(): number {
    return this.#counting.size + (this.#unsure?.records.length ?? 0);
  }

  /** Counts that were given up because the database was away for too long. */
  get lost(): number {
    return this.#lost;
  }

  record(key: Omit<UsageKey, 'day'>, amounts: Partial<UsageAmounts>): void {
    const day = this.#day();
    const id = `${day}\n${key.sessionId}\n${key.provider}\n${key.model}\n${key.capability}`;
    const sums = this.#counting.get(id) ?? this.#begin(id, { ...key, day });
    if (!sums) this.#lost++;
    else for (const name of AMOUNT_NAMES) sums[name] += amounts[name] ?? 0;
  }

  /** Writes everything down; resolves when it is kept, or could not be kept for now. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  /** Writes the rest. May be called twice. */
  async close(): Promise<void> {
    this.#stop?.();
    this.#stop = null;
    await this.flush();
  }

  /** Every frame asks, so the name is made once a day. */
  #day(): string {
    const nowMs = this.clock.nowMs();
    const number = Math.floor(nowMs / DAY_MS);
    if (number !== this.#today.number) this.#today = { number, name: utcDate(nowMs) };
    return this.#today.name;
  }

  /** Null when there are too many sums already. */
  #begin(id: string, key: UsageKey): Mutable<UsageAmounts> | null {
    if (this.depth >= MAX_KEYS) return null;
    const sums = { ...key, ...NOTHING_USED };
    this.#counting.set(id, sums);
    return sums;
  }

  /** A batch that failed may be in the store all the same: it goes again as it is, before what was counted since. */
  async #write(): Promise<void> {
    try {
      if (this.#unsure) await this.#add(this.#unsure);
      if (this.#counting.size === 0) return;
      const batch = { id: randomUUID(), records: [...this.#counting.values()] };
      this.#counting = new Map();
      await this.#add(batch);
    } catch (error) {
      this.#log.error('Could not write usage', { err: error, sums: this.depth });
    }
  }

  async #add(batch: Batch): Promise<void> {
    this.#unsure = batch;
    await this.store.add(batch.records, batch.id);
    this.#unsure = null;
  }
}
