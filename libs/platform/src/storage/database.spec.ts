import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { expect, it } from '@jest/globals';

import { sqliteTestDatabase } from '@jiga/testing';

import { databaseContract } from '../../../../test/contracts/database.contract.js';
import { ConfigError } from '../config/config.js';
import { Database } from './database.js';

databaseContract('SQLite', sqliteTestDatabase);

it('says without the password which PostgreSQL it cannot reach', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const opening = Database.openPostgres({ url: `postgres://ann:s3cret@127.0.0.1:${port}/jiga`, poolMax: 2 });
  const error = await opening.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  expect(String(error)).toContain(`127.0.0.1:${port}/jiga of DATABASE_URL: connect ECONNREFUSED`);
  expect(String(error)).not.toContain('s3cret');
});
