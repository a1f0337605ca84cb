export { checkOptions, type OptionProblem, type OptionRule, type OptionRules } from './option-rules.js';
export * from './ports/index.js';
export type { Provider, ProviderHealth } from './provider.js';
export * from './provider-error.js';
export { MAX_CHAIN_LENGTH, ProviderRegistry, type ChainEntry, type ChainProblem } from './provider.registry.js';
export { ProvidersModule } from './providers.module.js';
export {
  ProviderRouter,
  type RoutedCall,
  type RouterDeps,
  type RouterSettings,
  type Served,
} from './routing/provider.router.js';
export { HealthBoard } from './health-board.js';
