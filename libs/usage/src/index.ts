export { CallAccounts } from './call-accounts.js';
export { BUDGET_STAGES } from './budget-keeper.js';
export { KyselyUsageStore } from './storage/kysely-usage.store.js';
export { USAGE_MIGRATIONS } from './storage/usage.migrations.js';
export { AMOUNT_NAMES, NOTHING_USED, type UsageAmounts, type UsageRecord } from './usage.js';
export { UsageModule } from './usage.module.js';
export { UsageService, type UsageReport } from './usage.service.js';
export { USAGE_GROUPS, USAGE_STORE, type UsageFilter, type UsageGroup, type UsageStore } from './usage.store.js';
