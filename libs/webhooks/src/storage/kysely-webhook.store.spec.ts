import { sqliteTestDatabase } from '@jiga/testing';

import { webhookStoreContract } from '../../../../test/contracts/webhook-store.contract.js';

webhookStoreContract('SQLite', sqliteTestDatabase);
