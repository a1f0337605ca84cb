import { Inject, Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';

import { CONFIG, EventBus, Metrics, Shutdown, type JigaConfig } from '@jiga/platform';
import { SessionsModule } from '@jiga/sessions';

import { BudgetKeeper } from './budget-keeper.js';
import { CallAccounts } from './call-accounts.js';
import { PriceTable } from './price-table.js';
import { KyselyUsageStore } from './storage/kysely-usage.store.js';
import { UsageMeter } from './usage-meter.js';
import { UsageService } from './usage.service.js';
import { USAGE_STORE } from './usage.store.js';

/** Counting what is used, what it costs, and stopping when a budget is spent. */
@Module({
  imports: [SessionsModule],
  providers: [
    { provide: USAGE_STORE, useClass: KyselyUsageStore },
    {
      provide: PriceTable,
      inject: [CONFIG],
      useFactory: (config: JigaConfig) => PriceTable.load(config.usage.pricesFile),
    },
    UsageMeter,
    UsageService,
    BudgetKeeper,
    CallAccounts,
  ],
  exports: [CallAccounts, UsageService],
})
export class UsageModule implements OnModuleInit {
  constructor(
    @Inject(UsageMeter) private readonly meter: UsageMeter,
    @Inject(UsageService) private readonly usage: UsageService,
    @Inject(BudgetKeeper) private readonly budgets: BudgetKeeper,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.budgets.start();
    this.meter.start();
    this.bus.subscribe('vision.frame_analysed', (fact) => this.usage.countFrame(fact));
    this.metrics.queue('usage', () => this.meter.depth);
    this.shutdown.register('storage', 'usage', () => this.meter.close());
  }
}
