import { Global, Module } from '@nestjs/common';

import { LOCAL_PROVIDER } from './local.provider.js';
import { ProviderRegistry } from './provider.registry.js';

/** The registry, with what every server has. Whoever brings a provider adds it. */
@Global()
@Module({
  providers: [
    {
      provide: ProviderRegistry,
      useFactory: () => {
        const registry = new ProviderRegistry();
        registry.add(LOCAL_PROVIDER);
        return registry;
      },
    },
  ],
  exports: [ProviderRegistry],
})
export class ProvidersModule {}
