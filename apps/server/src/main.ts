import { ConfigError, stopOnSignals } from '@jiga/platform';

import { createServer } from './create-server.js';
import { startNotice } from './start-notice.js';

try {
  const server = await createServer();
  stopOnSignals(() => server.close());
  const origin = await server.listen().catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  process.stdout.write(`${startNotice(server, origin)}\n`);
} catch (error) {
  // What the operator can put right is told without a stack.
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
