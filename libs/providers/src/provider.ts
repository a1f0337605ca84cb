import type { Capability } from '@jiga/contracts';

/** Health as of now. `off`: this server does not have it; `detail` then says how to turn it on. */
export interface ProviderHealth {
  readonly state: 'ok' | 'degraded' | 'failed' | 'off';
  /** For the operator or the client's reader; null when there is nothing to say. */
  readonly detail: string | null;
}

/** Who does the work of a capability: a model on this machine, or a service. */
export interface Provider {
  /** As in `provider:model`. */
  readonly id: string;
  readonly name: string;
  /** Whether its work leaves this machine. */
  readonly isRemote: boolean;
  /** Models by capability; the first of each is its default. A capability that is absent is not offered. */
  readonly models: Readonly<Partial<Record<Capability, readonly string[]>>>;
  /** Answers at once, from what is known. */
  health(): ProviderHealth;
}
