import { unixSeconds } from '@jiga/contracts';
import type { CancelTimer, Clock } from '@jiga/contracts';

import type { Delivery } from '../webhook.js';
import type { WebhookStore } from '../webhook.store.js';

export interface LaneOptions {
  readonly webhookId: string;
  readonly store: WebhookStore;
  readonly clock: Clock;
  readonly concurrency: number;
  /** How long a delivery that was taken belongs to this process; longer than an attempt can last. */
  readonly leaseMs: number;
  readonly isOpen: () => boolean;
  /** Makes one attempt and writes down what became of it. Never rejects. */
  readonly deliver: (delivery: Delivery) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Looks again at least this often: another server may have died with deliveries in hand. */
const POLL_MS = 60_000;
/** Between two looks when something is due that cannot be taken yet. */
const SOON_MS = 250;
const AFTER_ERROR_MS = 5_000;

/**
 * The deliveries of one webhook: a few at once, those of one session one after the other in the order of the events.
 * Each webhook has its own lane, so that a receiver that hangs holds up nobody else.
 */
export class Lane {
  /** Sessions whose deliveries are under way; null stands for events without a session. */
  readonly #busy = new Set<string | null>();
  readonly #underWay = new Set<Promise<void>>();
  #cancelTimer: CancelTimer | null = null;
  #filling: Promise<void> | null = null;
  #again = false;
  #closed = false;

  constructor(private readonly options: LaneOptions) {}

  /** Something may be due. */
  wake(): void {
    if (this.#closed) return;
    this.#again = true;
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = null;
      if (this.#again) this.wake();
    });
  }

  /** Takes nothing more; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer?.();
    await this.#filling;
    await Promise.all(this.#underWay);
  }

  async #fill(): Promise<void> {
    this.#again = false;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    try {
      while (this.#mayTakeMore()) {
        const delivery = await this.#claim();
        if (!delivery) return await this.#sleep();
        this.#start(delivery);
      }
    } catch (error) {
      this.options.onError(error);
      this.#wakeIn(AFTER_ERROR_MS);
    }
  }

  #mayTakeMore(): boolean {
    return !this.#closed && this.options.isOpen() && this.#underWay.size < this.options.concurrency;
  }

  #claim(): Promise<Delivery | null> {
    const { store, clock, webhookId, leaseMs } = this.options;
    const now = unixSeconds(clock);
    return store.claim({ webhookId, now, until: now + leaseMs / 1000, exceptSessions: [...this.#busy] });
  }

  #start(delivery: Delivery): void {
    this.#busy.add(delivery.sessionId);
    const done = this.options.deliver(delivery).finally(() => {
      this.#busy.delete(delivery.sessionId);
      this.#underWay.delete(done);
      this.wake();
    });
    this.#underWay.add(done);
  }

  async #sleep(): Promise<void> {
    const dueAt = await this.options.store.nextDueAt(this.options.webhookId);
    if (dueAt === null) return;
    const waitMs = (dueAt - unixSeconds(this.options.clock)) * 1000;
    this.#wakeIn(Math.min(Math.max(waitMs, SOON_MS), POLL_MS));
  }

  #wakeIn(delayMs: number): void {
    if (this.#closed) return;
    this.#cancelTimer?.();
    this.#cancelTimer = this.options.clock.after(delayMs, () => this.wake());
  }
}
