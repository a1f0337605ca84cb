import { sqliteTestDatabase } from '@jiga/testing';

import { usageStoreContract } from '../../../../test/contracts/usage-store.contract.js';

usageStoreContract('SQLite', sqliteTestDatabase);
