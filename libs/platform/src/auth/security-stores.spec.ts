import { sqliteTestDatabase } from '@jiga/testing';

import { securityStoresContract } from '../../../../test/contracts/security-stores.contract.js';

securityStoresContract('SQLite', sqliteTestDatabase);
