import { postgresTestDatabase } from '@jiga/testing';

import { securityStoresContract } from '../contracts/security-stores.contract.js';
import { postgresUrl } from './postgres-url.js';

securityStoresContract('PostgreSQL', postgresTestDatabase(postgresUrl()));
