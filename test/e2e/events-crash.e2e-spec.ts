import { sqliteTestDatabase } from '@jiga/testing';

import { timelineCrashContract } from '../contracts/timeline-crash.contract.js';

timelineCrashContract('SQLite', sqliteTestDatabase);
