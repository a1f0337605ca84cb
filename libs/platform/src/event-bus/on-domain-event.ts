import { OnEvent } from '@nestjs/event-emitter';

import type { DomainEventName, DomainEvents } from '@jiga/contracts';

/**
 * Subscribes a method of a Nest provider to a fact. A parameter that does not fit the fact is a compile error.
 * Handlers are quick and idempotent; what they throw is logged and reaches nobody else.
 */
export function OnDomainEvent<K extends DomainEventName>(name: K) {
  return <T extends (fact: DomainEvents[K]) => void | Promise<void>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    OnEvent(name)(target, key, descriptor as TypedPropertyDescriptor<unknown>);
  };
}
