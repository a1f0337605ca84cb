import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, passesEventFilters } from '@jiga/contracts';
import type { CancelTimer, Clock, PublicEvent } from '@jiga/contracts';

import type { Webhook } from './webhook.js';
import { WEBHOOK_STORE, type WebhookStore } from './webhook.store.js';

/** Webhooks may be changed by another server on the same database; this is how soon it is noticed. */
const RELOAD_MS = 15_000;

/** Every webhook in memory, so that an event finds its receivers without asking the database. */
@Injectable()
export class WebhookDirectory {
  readonly #byId = new Map<string, Webhook>();
  #stopReloading: CancelTimer | null = null;
  #changes = 0;

  constructor(
    @Inject(WEBHOOK_STORE) private readonly store: WebhookStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async open(): Promise<void> {
    await this.#reload();
    this.#stopReloading = this.clock.every(RELOAD_MS, () => void this.#reload().catch(() => {}));
  }

  close(): void {
    this.#stopReloading?.();
    this.#stopReloading = null;
  }

  get size(): number {
    return this.#byId.size;
  }

  all(): readonly Webhook[] {
    return [...this.#byId.values()];
  }

  find(id: string): Webhook | undefined {
    return this.#byId.get(id);
  }

  /** Those that want this event now. */
  receiversOf(event: PublicEvent): Webhook[] {
    const receivers: Webhook[] = [];
    for (const webhook of this.#byId.values()) {
      if (!webhook.isEnabled) continue;
      if (webhook.sessionId !== null && webhook.sessionId !== event.session_id) continue;
      if (passesEventFilters(webhook.eventTypes, event.type)) receivers.push(webhook);
    }
    return receivers;
  }

  async add(webhook: Webhook): Promise<void> {
    await this.store.insert(webhook);
    this.#set(webhook);
  }

  async replace(webhook: Webhook): Promise<void> {
    await this.store.update(webhook);
    this.#set(webhook);
  }

  async remove(id: string): Promise<void> {
    this.#changes++;
    this.#byId.delete(id);
    await this.store.remove(id);
    this.#changes++;
  }

  #set(webhook: Webhook): void {
    this.#changes++;
    this.#byId.set(webhook.id, webhook);
  }

  async #reload(): Promise<void> {
    const before = this.#changes;
    const webhooks = await this.store.list();
    // Something changed here while the database was read: what was read may be older than that.
    if (before !== this.#changes) return;
    this.#byId.clear();
    for (const webhook of webhooks) this.#byId.set(webhook.id, webhook);
  }
}
