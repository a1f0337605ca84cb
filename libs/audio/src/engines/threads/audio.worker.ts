import { parentPort, workerData } from 'node:worker_threads';

import type { AudioThreadData } from './messages.js';
import { serveRole } from './serve-role.js';

await serveRole(workerData as AudioThreadData, {
  listen: (take) => parentPort?.on('message', take),
  end: () => process.exit(),
  post: (reply, transfer) => parentPort?.postMessage(reply, [...transfer]),
});
