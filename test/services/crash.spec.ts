import { postgresTestDatabase } from '@jiga/testing';

import { crashContract } from '../contracts/crash.contract.js';
import { postgresUrl } from './postgres-url.js';

crashContract('PostgreSQL', postgresTestDatabase(postgresUrl()));
