import { sqliteTestDatabase } from '@jiga/testing';

import { crashContract } from '../contracts/crash.contract.js';

crashContract('SQLite', sqliteTestDatabase);
