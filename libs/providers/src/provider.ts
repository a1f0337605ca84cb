import type { Capability } from '@jiga/contracts';

import type { OptionRules } from './option-rules.js';
import type { CapabilityPorts } from './ports/index.js';

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
  /** Whether its work leaves this machine: then it is accounted for, and may be refused by a session's budget. */
  readonly isRemote: boolean;
  /** Models by capability; the first of each is its default. A capability that is absent is not offered. */
  readonly models: Readonly<Partial<Record<Capability, readonly string[]>>>;
  /** Those of its reply models that may be sent a picture with a question; none when absent. */
  readonly pictureModels?: readonly string[];
  /** What does the work. Without a port for vision, vision's own local analysis is meant. */
  readonly ports?: Readonly<Partial<CapabilityPorts>>;
  /** Options that a session may give with a model, by capability; none when absent. */
  readonly options?: Readonly<Partial<Record<Capability, OptionRules>>>;
  /** What it could do here, also while it is off. Absent = what `models` has. */
  readonly possible?: readonly Capability[];
  /** How to turn on more or better, for the operator; absent = nothing to turn on. */
  readonly hint?: string;
  /** Answers at once, from what is known. */
  health(): ProviderHealth;
  /** Finds out whether it works, without cost; rejects with ProviderError. Asked now and then, never for a request. */
  probe?(signal: AbortSignal): Promise<void>;
}
