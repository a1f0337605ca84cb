import { postgresTestDatabase } from '@jiga/testing';

import { usageStoreContract } from '../contracts/usage-store.contract.js';
import { postgresUrl } from './postgres-url.js';

usageStoreContract('PostgreSQL', postgresTestDatabase(postgresUrl()));
