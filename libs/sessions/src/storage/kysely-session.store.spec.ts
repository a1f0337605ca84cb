import { sqliteTestDatabase } from '@jiga/testing';

import { sessionStoreContract } from '../../../../test/contracts/session-store.contract.js';

sessionStoreContract('SQLite', sqliteTestDatabase);
