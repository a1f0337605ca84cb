import { postgresTestDatabase } from '@jiga/testing';

import { webhookStoreContract } from '../contracts/webhook-store.contract.js';
import { postgresUrl } from './postgres-url.js';

webhookStoreContract('PostgreSQL', postgresTestDatabase(postgresUrl()));
