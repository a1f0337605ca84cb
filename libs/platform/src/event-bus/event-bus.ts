import { Inject, Injectable, Logger } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';

import { CLOCK } from '@jiga/contracts';
import type { Clock, DomainEventName, DomainEvents } from '@jiga/contracts';

/** Handlers run on the publisher's stack: one that takes longer than this delays everybody. */
const SLOW_HANDLER_MS = 20;

export type Unsubscribe = () => void;

/**
 * Facts, typed: what happened, published after it did. Small immutable data only; media never travels here, because
 * publishing neither waits for handlers nor pushes back.
 */
@Injectable()
export class EventBus {
  readonly #log = new Logger(EventBus.name);

  constructor(
    @Inject(EventEmitter2) private readonly emitter: EventEmitter2,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  publish<K extends DomainEventName>(name: K, fact: DomainEvents[K]): void {
    const startedAt = this.clock.monotonicMs();
    this.emitter.emit(name, fact);
    const tookMs = this.clock.monotonicMs() - startedAt;
    if (tookMs > SLOW_HANDLER_MS) this.#log.warn('Event handlers are slow', { event: name, tookMs });
  }

  /** Calls `handler` for every fact of this name until unsubscribed; what it throws is logged. */
  subscribe<K extends DomainEventName>(name: K, handler: (fact: DomainEvents[K]) => void | Promise<void>): Unsubscribe {
    const guarded = (fact: DomainEvents[K]): void => void this.#run(name, fact, handler);
    this.emitter.on(name, guarded);
    return () => void this.emitter.off(name, guarded);
  }

  async #run<K extends DomainEventName>(
    name: K,
    fact: DomainEvents[K],
    handler: (fact: DomainEvents[K]) => void | Promise<void>,
  ): Promise<void> {
    try {
      await handler(fact);
    } catch (error) {
      this.#log.error('Event handler failed', { err: error, event: name });
    }
  }
}
