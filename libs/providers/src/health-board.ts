import { CAPABILITIES } from '@jiga/contracts';
import type { CancelTimer, Clock } from '@jiga/contracts';

import { toProviderError, type ProviderError } from './provider-error.js';
import type { Provider, ProviderHealth } from './provider.js';
import type { ProviderRegistry } from './provider.registry.js';
import type { Breakers } from './routing/breakers.js';

const PROBE_TIMEOUT_MS = 10_000;

/**
 * How providers are: from what calls met, and from a probe now and then. Reading it asks nobody.
 */
export class HealthBoard {
  readonly #failures = new Map<string, ProviderError>();
  readonly #abort = new AbortController();
  #cancelTimer: CancelTimer = () => {};

  constructor(
    private readonly registry: ProviderRegistry,
    private readonly breakers: Breakers,
    private readonly clock: Clock,
  ) {}

  /** Begins to probe, at once and then every `intervalMs`; null = never. */
  start(intervalMs: number | null): void {
    const probed = this.registry.list().filter((provider) => provider.probe && provider.health().state !== 'off');
    if (intervalMs === null || probed.length === 0) return;
    const round = (): void => probed.forEach((provider) => void this.#probe(provider));
    this.#cancelTimer = this.clock.every(intervalMs, round);
    round();
  }

  /** As of now. */
  read(provider: Provider): ProviderHealth {
    const own = provider.health();
    if (own.state !== 'ok') return own;
    const used = CAPABILITIES.filter((capability) => provider.models[capability] !== undefined);
    const failing = used.flatMap((capability) => {
      const { isOpen, lastError } = this.breakers.of(provider.id, capability);
      return lastError ? [{ capability, isOpen, message: lastError.message }] : [];
    });
    const probe = this.#failures.get(provider.id);
    if (probe) return { state: 'failed', detail: probe.message };
    if (failing.length === 0) return own;
    const detail = failing.map(({ capability, message }) => `${capability}: ${message}`).join(' ');
    return { state: failing.some(({ isOpen }) => isOpen) ? 'failed' : 'degraded', detail };
  }

  /** Ends probing. May be called twice. */
  close(): void {
    this.#cancelTimer();
    this.#abort.abort();
  }

  async #probe(provider: Provider): Promise<void> {
    const timeout = new AbortController();
    const cancel = this.clock.after(PROBE_TIMEOUT_MS, () => timeout.abort());
    const signal = AbortSignal.any([timeout.signal, this.#abort.signal]);
    try {
      await provider.probe?.(signal);
      this.#failures.delete(provider.id);
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#failures.set(provider.id, toProviderError(error));
    } finally {
      cancel();
    }
  }
}
