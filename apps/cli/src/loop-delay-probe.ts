/**
 * Loaded into the server's process with `--import`: measures how long its event loop is held up, from the first request to
 * do so, and tells on request over the IPC channel; collects garbage on request, so that what is left is what is held. It
 * also ends the server when its parent is gone, however that ended.
 */
import { once } from 'node:events';
import { Worker, isMainThread } from 'node:worker_threads';
import { watchLoop, type LoopDelay, type ServerLoopDelay } from './loop-delay.js';

/** The server's loop and that of a thread without work. Both cost processor time, some 7 ms a second each. */
class Watch {
  readonly #loop = watchLoop();
  // No `--import` for the thread: it would load this very file.
  readonly #idle = new Worker(new URL('./idle-thread.js', import.meta.url), { execArgv: [] });

  constructor() {
    this.#idle.unref();
  }

  reset(): void {
    this.#loop.reset();
    this.#idle.postMessage('reset');
  }

  async read(): Promise<ServerLoopDelay> {
    const server = this.#loop.read();
    this.#idle.postMessage('read');
    const [idleThread] = (await once(this.#idle, 'message')) as [LoopDelay];
    return { server, idleThread };
  }
}

function serveParent(): void {
  let watch: Watch | null = null;
  process.on('message', (request) => {
    if (request === 'reset_loop_delay') (watch ??= new Watch()).reset();
    if (request === 'read_loop_delay') void (watch ??= new Watch()).read().then((delay) => process.send?.(delay));
    // There with --expose-gc alone.
    if (request === 'collect_garbage') globalThis.gc?.();
  });
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // A listener for messages would otherwise keep the server's process alive after its own work has ended.
  process.channel?.unref();
}

// The server's threads inherit `--import`: there it does nothing.
if (isMainThread) serveParent();
