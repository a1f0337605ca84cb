import type { NamedMigration } from '@jiga/platform';
import { WEBHOOK_MIGRATIONS } from '@jiga/webhooks';

import { WebhooksHttpModule } from './webhooks/webhooks-http.module.js';

/** What carries facts out of the server and counts what was done. */
export const DELIVERY_MODULES = [WebhooksHttpModule];
export const DELIVERY_MIGRATIONS: readonly NamedMigration[] = [...WEBHOOK_MIGRATIONS];
