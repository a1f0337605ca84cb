export { checkOptions, type OptionProblem, type OptionRule, type OptionRules } from './option-rules.js';
export * from './ports/index.js';
export type { Provider, ProviderHealth } from './provider.js';
export * from './provider-error.js';
export { MAX_CHAIN_LENGTH, ProviderRegistry, type ChainProblem } from './provider.registry.js';
export { ProvidersModule } from './providers.module.js';
