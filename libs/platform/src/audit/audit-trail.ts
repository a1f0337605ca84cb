import { Inject, Injectable, Logger } from '@nestjs/common';

import { CLOCK, newId, unixSeconds } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';

import { AUDIT_STORE, type AuditEntry, type AuditStore } from './audit.store.js';
import { currentCaller } from './caller.js';

export interface Deed {
  readonly action: string;
  readonly target?: string | null;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Entries that wait for a database that is away; past it the newest are lost, and the log says so. */
const WAITING_MAX = 10_000;
/** One statement has a bounded number of parameters. */
const BATCH_MAX = 200;
const RETRY_AFTER_MS = 1_000;

/**
 * Writes down who did what. Entries go to the store as they come; those that come while it writes go together next, so
 * a burst costs few writes. Who did it is taken from the request that is being answered.
 */
@Injectable()
export class AuditTrail {
  readonly #log = new Logger(AuditTrail.name);
  #waiting: AuditEntry[] = [];
  #writing: Promise<void> | null = null;
  #lost = 0;
  #cancelRetry: () => void = () => {};

  constructor(
    @Inject(AUDIT_STORE) private readonly store: Pick<AuditStore, 'append'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Resolves when the entry is kept, or when the store refused it; then it is tried again later. Never rejects. */
  record({ action, target = null, detail = {} }: Deed): Promise<void> {
    const caller = currentCaller();
    if (this.#waiting.length >= WAITING_MAX) {
      this.#lost++;
      this.#log.error('An audit entry is lost', { action, lost: this.#lost });
      return Promise.resolve();
    }
    this.#waiting.push({
      id: newId('audit_entry'),
      at: unixSeconds(this.clock),
      action,
      actor: caller?.credentialId ?? null,
      target,
      requestId: caller?.requestId ?? null,
      remoteAddress: caller?.remoteAddress ?? null,
      detail,
    });
    return this.flush();
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    if (this.#waiting.length === 0) return this.#writing ?? Promise.resolve();
    this.#writing ??= this.#writeAll();
    return this.#writing;
  }

  /** Writes what waits, once more if it must. May be called twice. */
  async close(): Promise<void> {
    this.#cancelRetry();
    await this.flush();
    this.#cancelRetry();
  }

  /** Entries that come while it writes are written too: whoever waits for this waits for its own. */
  async #writeAll(): Promise<void> {
    this.#cancelRetry();
    try {
      while (this.#waiting.length > 0) await this.#writeBatch(this.#waiting.splice(0, BATCH_MAX));
    } catch (error) {
      this.#log.error('Could not write the audit trail', { err: error, waiting: this.#waiting.length });
      this.#cancelRetry = this.clock.after(RETRY_AFTER_MS, () => void this.flush());
    } finally {
      // In the same turn as the last look at what waits: an entry that comes now starts a new write.
      this.#writing = null;
    }
  }

  async #writeBatch(batch: readonly AuditEntry[]): Promise<void> {
    try {
      await this.store.append(batch);
    } catch (error) {
      this.#waiting.unshift(...batch);
      throw error;
    }
  }
}
