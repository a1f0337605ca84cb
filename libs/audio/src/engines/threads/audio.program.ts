import type { AudioThreadData, ThreadRequest } from './messages.js';
import { serveRole } from './serve-role.js';

/** A role as a program of its own: the operator's engines, whose code is not linked with the server's. */
const waiting: ThreadRequest[] = [];
let take = (request: ThreadRequest): void => void waiting.push(request);

process.on('message', (request: ThreadRequest) => take(request));
process.once('disconnect', () => process.exit(0));

await serveRole(JSON.parse(process.argv[2] ?? '{}') as AudioThreadData, {
  listen: (listener) => {
    take = listener;
    waiting.forEach(listener);
  },
  end: () => process.exit(),
  post: (reply) => void process.send?.(reply),
});
