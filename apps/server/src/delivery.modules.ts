import { Global, Module } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

import { CALL_ACCOUNTS } from '@jiga/contracts';
import type { CallAccounting } from '@jiga/contracts';
import type { NamedMigration } from '@jiga/platform';
import { ProvidersModule } from '@jiga/providers';
import { SessionsModule } from '@jiga/sessions';
import { CallAccounts, USAGE_MIGRATIONS, UsageModule } from '@jiga/usage';
import { WEBHOOK_MIGRATIONS } from '@jiga/webhooks';

import { CatalogueController } from './catalogue/catalogue.controller.js';
import { MetricsHttpModule } from './metrics/metrics-http.module.js';
import { ModelProviderController } from './model-provider/model-provider.controller.js';
import { SkillsController } from './skills/skills.controller.js';
import { TEAM_MESSAGE_MIGRATIONS } from './team-messages/team-message.store.js';
import { TeamMessagesModule } from './team-messages/team-messages.module.js';
import { UsageController } from './usage/usage.controller.js';
import { VoiceSettingsController } from './voice-settings/voice-settings.controller.js';
import { WebhooksHttpModule } from './webhooks/webhooks-http.module.js';

/** What may change in a session, and what there is to choose from. */
@Module({
  imports: [SessionsModule],
  controllers: [CatalogueController, ModelProviderController, SkillsController, VoiceSettingsController],
})
class SettingsModule {}

@Module({ imports: [UsageModule], controllers: [UsageController] })
class UsageHttpModule {}

/**
 * Calls to providers are accounted for by usage. It is found when the first call is made: usage knows the sessions, these
 * know vision, and vision asks providers.
 */
@Global()
@Module({
  providers: [
    {
      provide: CALL_ACCOUNTS,
      inject: [ModuleRef],
      useFactory: (modules: ModuleRef): CallAccounting => ({
        reserve: (call) => modules.get(CallAccounts, { strict: false }).reserve(call),
      }),
    },
  ],
  exports: [CALL_ACCOUNTS],
})
class CallAccountsModule {}

/** What carries facts out of the server and counts what was done. */
export const DELIVERY_MODULES = [
  CallAccountsModule,
  MetricsHttpModule,
  ProvidersModule,
  SettingsModule,
  TeamMessagesModule,
  UsageHttpModule,
  WebhooksHttpModule,
];
export const DELIVERY_MIGRATIONS: readonly NamedMigration[] = [
  ...WEBHOOK_MIGRATIONS,
  ...TEAM_MESSAGE_MIGRATIONS,
  ...USAGE_MIGRATIONS,
];
