import { constants } from 'node:os';

import { Logger } from '@nestjs/common';

/**
 * The first SIGTERM or SIGINT ends the server in order, after which the process ends by itself because nothing is left;
 * the second ends it at once. An error that nobody caught also ends it: its state is unknown.
 */
export function stopOnSignals(close: () => Promise<void>): void {
  const log = new Logger('Process');
  let isStopping = false;
  const stop = (signal: 'SIGTERM' | 'SIGINT'): void => {
    if (isStopping) process.exit(128 + constants.signals[signal]);
    isStopping = true;
    log.log('Stopping', { signal });
    close().catch((error: unknown) => {
      log.error('Could not stop in order', { err: error });
      process.exit(1);
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('uncaughtException', (error) => {
    log.fatal('Nobody caught an error', { err: error });
    process.exit(1);
  });
}
