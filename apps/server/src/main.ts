import { ConfigError } from '@jiga/platform';

import { createServer } from './create-server.js';

try {
  const server = await createServer();
  console.log(await server.listen());
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
