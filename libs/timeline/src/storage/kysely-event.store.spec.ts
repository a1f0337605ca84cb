import { sqliteTestDatabase } from '@jiga/testing';

import { eventStoreContract } from '../../../../test/contracts/event-store.contract.js';

eventStoreContract('SQLite', sqliteTestDatabase);
