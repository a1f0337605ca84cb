import { Global, Inject, Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';

import { CALL_ACCOUNTS, CAPABILITIES, CLOCK } from '@jiga/contracts';
import type { CallAccounting, Clock } from '@jiga/contracts';
import { CONFIG, ConfigError, Metrics, Shutdown, Tracing, type JigaConfig } from '@jiga/platform';

import { remoteProviders } from './adapters/remote.providers.js';
import { HealthBoard } from './health-board.js';
import { LOCAL_PROVIDER } from './local.provider.js';
import { ProviderRegistry } from './provider.registry.js';
import { Breakers } from './routing/breakers.js';
import { providerMetrics } from './routing/provider-metrics.js';
import { ProviderRouter } from './routing/provider.router.js';

const ROUTER = {
  provide: ProviderRouter,
  inject: [CONFIG, ProviderRegistry, Breakers, CALL_ACCOUNTS, Metrics, Tracing, CLOCK],
  useFactory: (
    { providers: { timeoutMs, idleTimeoutMs, retries } }: JigaConfig,
    registry: ProviderRegistry,
    breakers: Breakers,
    accounts: CallAccounting,
    metrics: Metrics,
    ...[tracing, clock]: [Tracing, Clock]
  ) => {
    const settings = { timeoutMs, idleTimeoutMs, retries };
    const figures = providerMetrics(metrics);
    return new ProviderRouter({
      registry,
      breakers,
      accounts,
      figures,
      tracing,
      clock,
      settings,
      random: Math.random,
    });
  },
};

/** Who can do the work, and how they are asked. Whoever brings a provider adds it to the registry while modules begin. */
@Global()
@Module({
  providers: [
    {
      provide: ProviderRegistry,
      inject: [CONFIG],
      useFactory: ({ providers }: JigaConfig) => {
        const registry = new ProviderRegistry();
        registry.add(LOCAL_PROVIDER);
        for (const provider of remoteProviders(providers)) registry.add(provider);
        return registry;
      },
    },
    { provide: Breakers, inject: [CLOCK], useFactory: (clock: Clock) => new Breakers(clock) },
    {
      provide: HealthBoard,
      inject: [ProviderRegistry, Breakers, CLOCK],
      useFactory: (registry: ProviderRegistry, breakers: Breakers, clock: Clock) =>
        new HealthBoard(registry, breakers, clock),
    },
    ROUTER,
  ],
  exports: [HealthBoard, ProviderRegistry, ProviderRouter],
})
export class ProvidersModule implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: JigaConfig,
    @Inject(ProviderRegistry) private readonly registry: ProviderRegistry,
    @Inject(HealthBoard) private readonly health: HealthBoard,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  /** When every module has added what it brings. */
  onApplicationBootstrap(): void {
    const { defaults, probeIntervalMs } = this.config.providers;
    for (const capability of CAPABILITIES) {
      const chain = defaults[capability];
      if (chain) this.#prefer(capability, chain);
    }
    this.health.start(probeIntervalMs);
    this.shutdown.register('work', 'probes of providers', () => Promise.resolve(this.health.close()));
  }

  #prefer(...[capability, chain]: Parameters<ProviderRegistry['prefer']>): void {
    try {
      this.registry.prefer(capability, chain);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigError(`JIGA_${capability.toUpperCase()}_DEFAULT is not valid: ${reason}`, { cause: error });
    }
  }
}
