import { Inject, Injectable, Logger } from '@nestjs/common';

import { CLOCK } from '@jiga/contracts';
import type { CancelTimer, Clock } from '@jiga/contracts';

import { CONFIG, type JigaConfig } from '../config/config.js';

/** One sort of thing that is kept for a time. */
export interface RetentionRule {
  readonly name: string;
  /** How long after which a thing goes. */
  readonly ttlMs: number;
  /** Removes things older than `before` (Unix seconds), at most `limit`; resolves to how many it removed. */
  readonly remove: (before: number, limit: number) => Promise<number>;
}

/** Small enough that others get the database in between. */
const BATCH = 500;
/** Rest between two batches, in milliseconds. */
const PAUSE_MS = 20;

/**
 * Removes what is past its time, a little at a time: rules are swept one after the other, in small batches with pauses.
 * A rule that fails is logged and tried again at the next sweep.
 */
@Injectable()
export class RetentionService {
  readonly #log = new Logger(RetentionService.name);
  readonly #rules: RetentionRule[] = [];
  #cancelTimer: CancelTimer | null = null;
  #cancelPause: () => void = () => {};
  #sweep: Promise<void> | null = null;
  #isClosed = false;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<JigaConfig, 'retention'>,
  ) {}

  add(rule: RetentionRule): void {
    this.#rules.push(rule);
    this.#cancelTimer ??= this.clock.every(this.config.retention.sweepIntervalMs, () => void this.sweep());
  }

  /** Sweeps now; resolves when all that is past its time is gone. Called during a sweep, it joins that. Never rejects. */
  sweep(): Promise<void> {
    this.#sweep ??= this.#sweepAll().finally(() => (this.#sweep = null));
    return this.#sweep;
  }

  /** Ends a sweep under way after its batch. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#cancelPause();
    await this.#sweep;
  }

  async #sweepAll(): Promise<void> {
    for (const rule of this.#rules) {
      try {
        const removed = await this.#apply(rule);
        if (removed > 0) this.#log.log('Removed what is past its time', { what: rule.name, count: removed });
      } catch (error) {
        this.#log.error('Could not remove what is past its time', { what: rule.name, err: error });
      }
    }
  }

  async #apply({ ttlMs, remove }: RetentionRule): Promise<number> {
    const before = (this.clock.nowMs() - ttlMs) / 1000;
    let total = 0;
    while (!this.#isClosed) {
      const removed = await remove(before, BATCH);
      total += removed;
      if (removed < BATCH) break;
      await this.#pause();
    }
    return total;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(PAUSE_MS, resolve);
      this.#cancelPause = () => {
        cancel();
        resolve();
      };
    });
  }
}
