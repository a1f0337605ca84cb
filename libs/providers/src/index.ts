export type { Provider, ProviderHealth } from './provider.js';
export { MAX_CHAIN_LENGTH, ProviderRegistry, type ChainProblem } from './provider.registry.js';
export { ProvidersModule } from './providers.module.js';
