import { postgresTestDatabase } from '@jiga/testing';

import { securityStoresContract } from '../contracts/security-stores.contract.js';
import { sessionTokenStoreContract } from '../contracts/session-token-store.contract.js';
import { postgresUrl } from './postgres-url.js';

securityStoresContract('PostgreSQL', postgresTestDatabase(postgresUrl()));
sessionTokenStoreContract('PostgreSQL', postgresTestDatabase(postgresUrl()));
