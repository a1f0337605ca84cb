import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { SystemClock, endThread } from '@jiga/platform';

import type { AudioThreadData, ThreadReply, ThreadRequest } from './messages.js';

/** What runs a role: a worker thread, or a program of its own. */
export interface Runner {
  post(request: ThreadRequest, transfer: readonly ArrayBuffer[]): void;
  /** Whether it keeps this process alive. */
  keepAlive(keeps: boolean): void;
  end(): Promise<void>;
}

export interface RunnerEvents {
  reply(reply: ThreadReply): void;
  lost(cause: unknown): void;
}

export type StartRunner = (data: AudioThreadData, events: RunnerEvents) => Runner;

/** In tests the sources are run as they are, but a worker needs the build, which keeps the same folders below dist/. */
function builtFile(name: string): URL {
  const here = import.meta.url;
  if (here.endsWith('.js')) return new URL(`./${name}`, here);
  return new URL(here.replace(/\/libs\/audio\/.*$/, `/dist/libs/audio/src/engines/threads/${name}`));
}

const clock = new SystemClock();

export const startThread: StartRunner = (data, events) => {
  const worker = new Worker(builtFile('audio.worker.js'), { workerData: data });
  worker.unref();
  worker.on('message', (reply: ThreadReply) => events.reply(reply));
  worker.on('error', (error) => events.lost(error));
  worker.on('exit', (code) => events.lost(new Error(`The thread ended with ${code}`)));
  return {
    post: (request, transfer) => worker.postMessage(request, [...transfer]),
    keepAlive: (keeps) => (keeps ? worker.ref() : worker.unref()),
    end: () => endThread(worker, clock),
  };
};

export const startProgram: StartRunner = (data, events) => {
  const child = fork(fileURLToPath(builtFile('audio.program.js')), [JSON.stringify(data)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const keepAlive = (keeps: boolean): void => {
    if (keeps) child.ref();
    else child.unref();
    if (keeps) child.channel?.ref();
    else child.channel?.unref();
  };
  keepAlive(false);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.on('message', (reply: ThreadReply) => events.reply(reply));
  child.on('error', (error) => events.lost(error));
  child.on('exit', (code) => events.lost(new Error(`The program ended with ${code ?? 'a signal'}`)));
  return {
    post: (request) => void child.send(request, () => undefined),
    keepAlive,
    end: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
};
