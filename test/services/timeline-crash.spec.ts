import { postgresTestDatabase } from '@jiga/testing';

import { timelineCrashContract } from '../contracts/timeline-crash.contract.js';
import { postgresUrl } from './postgres-url.js';

timelineCrashContract('PostgreSQL', postgresTestDatabase(postgresUrl()));
