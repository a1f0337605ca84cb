import { Inject, Injectable, Logger } from '@nestjs/common';

import type { DomainEventName, DomainEvents, PublicEvent } from '@jiga/contracts';

import { EventBus, type Unsubscribe } from './event-bus.js';
import { PUBLIC_EVENT_MAPPINGS, type PublicEventMapping } from './public-events.js';

type Listener = (event: PublicEvent) => void;

/**
 * The one stream of public events: each fact of the bus is given its public form and its id once, so that timeline,
 * event stream and webhooks tell of the same event under the same id. Listeners run on the publisher's stack: they
 * take note and return.
 */
@Injectable()
export class PublicEventFeed {
  readonly #log = new Logger(PublicEventFeed.name);
  readonly #listeners = new Set<Listener>();

  constructor(@Inject(EventBus) bus: EventBus) {
    for (const name of Object.keys(PUBLIC_EVENT_MAPPINGS) as DomainEventName[]) {
      // Each name goes with its own mapping, which the compiler cannot follow through a loop.
      const toPublic = PUBLIC_EVENT_MAPPINGS[name] as PublicEventMapping<DomainEventName>;
      bus.subscribe(name, (fact) => this.#relay(fact, toPublic));
    }
  }

  subscribe(listener: Listener): Unsubscribe {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #relay(fact: DomainEvents[DomainEventName], toPublic: PublicEventMapping<DomainEventName>): void {
    if (this.#listeners.size === 0) return;
    for (const event of toPublic(fact)) this.#tell(event);
  }

  #tell(event: PublicEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#log.error('Event listener failed', { err: error, event: event.type });
      }
    }
  }
}
