/** A thread without work whose event loop is watched, as a measure of the machine's own unrest. */
import { parentPort } from 'node:worker_threads';
import { watchLoop } from './loop-delay.js';

const loop = watchLoop();
parentPort?.on('message', (request) => {
  if (request === 'reset') loop.reset();
  else parentPort?.postMessage(loop.read());
});
