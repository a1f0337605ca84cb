import { sqliteTestDatabase } from '@jiga/testing';

import { securityStoresContract } from '../../../../test/contracts/security-stores.contract.js';
import { sessionTokenStoreContract } from '../../../../test/contracts/session-token-store.contract.js';

securityStoresContract('SQLite', sqliteTestDatabase);
sessionTokenStoreContract('SQLite', sqliteTestDatabase);
