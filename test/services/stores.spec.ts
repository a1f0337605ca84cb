import { postgresTestDatabase } from '@jiga/testing';

import { eventStoreContract } from '../contracts/event-store.contract.js';
import { sessionStoreContract } from '../contracts/session-store.contract.js';
import { postgresUrl } from './postgres-url.js';

const make = postgresTestDatabase(postgresUrl());

sessionStoreContract('PostgreSQL', make);
eventStoreContract('PostgreSQL', make);
