/**
 * Loaded into the server's process with `--import`: measures how long its event loop is held up, and tells on request
 * over the IPC channel; collects garbage on request, so that what is left is what is held. It also ends the server when its parent is gone, however that ended.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { watchLoop, type LoopDelay, type ServerLoopDelay } from './loop-delay.js';

const loop = watchLoop();
// No `--import` for the thread: it would load this very file.
const idle = new Worker(new URL('./idle-thread.js', import.meta.url), { execArgv: [] });
idle.unref();

async function answer(): Promise<void> {
  const server = loop.read();
  idle.postMessage('read');
  const [idleThread] = (await once(idle, 'message')) as [LoopDelay];
  process.send?.({ server, idleThread } satisfies ServerLoopDelay);
}

process.on('message', (request) => {
  if (request === 'reset_loop_delay') {
    loop.reset();
    idle.postMessage('reset');
  }
  if (request === 'read_loop_delay') void answer();
  // There with --expose-gc alone.
  if (request === 'collect_garbage') globalThis.gc?.();
});
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// A listener for messages would otherwise keep the server's process alive after its own work has ended.
process.channel?.unref();
