import type { Capability, Clock } from '@jiga/contracts';

import { CircuitBreaker } from './circuit-breaker.js';

/** One breaker for each provider and capability: a model that cannot see may still talk. */
export class Breakers {
  readonly #breakers = new Map<string, CircuitBreaker>();

  constructor(private readonly clock: Clock) {}

  of(provider: string, capability: Capability): CircuitBreaker {
    const key = `${provider} ${capability}`;
    const breaker = this.#breakers.get(key) ?? new CircuitBreaker(this.clock);
    this.#breakers.set(key, breaker);
    return breaker;
  }
}
