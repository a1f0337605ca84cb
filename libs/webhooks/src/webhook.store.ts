import type { Delivery, DeliveryState, Webhook } from './webhook.js';

export interface DeliveryFilter {
  readonly webhookId?: string;
  readonly state?: DeliveryState;
}

/** Which delivery may be taken: due by `now`, of no session in `exceptSessions` (null = those without a session). */
export interface Claim {
  readonly webhookId: string;
  readonly now: number;
  /** Until when nobody else may take it; a process that dies leaves it to others from then on. */
  readonly until: number;
  readonly exceptSessions: readonly (string | null)[];
}

/** What is kept of webhooks and of what is on its way to them. An acknowledged write survives the process. */
export interface WebhookStore {
  insert(webhook: Webhook): Promise<void>;
  update(webhook: Webhook): Promise<void>;
  /** With its deliveries. */
  remove(id: string): Promise<void>;
  find(id: string): Promise<Webhook | null>;
  /** Oldest first. */
  list(): Promise<Webhook[]>;

  /** All or none; those that are there already change nothing, so that what failed can be tried again. */
  addDeliveries(deliveries: readonly Delivery[]): Promise<void>;
  /** Takes the oldest delivery that fits, so that nobody else takes it too; null when there is none. */
  claim(claim: Claim): Promise<Delivery | null>;
  /**
   * Writes what an attempt came to and gives the delivery back; one that was given up meanwhile does not become pending
   * again. Resolves to whether it was pending until now and is no more.
   */
  settle(delivery: Delivery): Promise<boolean>;
  /** Writes a delivery that is to be sent again, whatever became of it. */
  requeue(delivery: Delivery): Promise<void>;
  /** When the next delivery of a webhook can be taken (Unix seconds); null when none is pending. */
  nextDueAt(webhookId: string): Promise<number | null>;
  countPending(): Promise<ReadonlyMap<string, number>>;
  findDelivery(webhookId: string, id: string): Promise<Delivery | null>;
  /** Newest first, before the given position, at most `limit`. */
  listDeliveries(filter: DeliveryFilter, limit: number, before?: number): Promise<Delivery[]>;
  /** Gives up all that is pending for a webhook. */
  buryPending(webhookId: string, reason: string, now: number): Promise<void>;
  /** Removes what was finished before this time (Unix seconds). */
  prune(finishedBefore: number): Promise<void>;
  /** Removes all that was or is to be sent about these sessions; resolves to how many deliveries there were. */
  forgetSessions(sessionIds: readonly string[]): Promise<number>;
}

/** Injection token of the {@link WebhookStore}. */
export const WEBHOOK_STORE = Symbol.for('jiga:webhook-store');
