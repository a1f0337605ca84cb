import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { ImageDecodeError } from '@jiga/media';
import { Recognizer } from './recognizer.js';
import type { RecognitionJob, WorkerReply, WorkerRequest } from './worker.messages.js';

// Runs in a worker thread: text recognition blocks its thread for tens of milliseconds at a time.
const port = parentPort;
if (!port) throw new Error('The recognition worker only runs as a worker thread');

const reply = (message: WorkerReply): void => port.postMessage(message);

/** Lower than the thread that answers sockets: recognition must not hold up the frames that need none of it. */
const NICENESS = 5;

/** Linux gives each thread a priority of its own; elsewhere the thread keeps that of the process. */
function standBack(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), NICENESS);
  } catch {
    // Not Linux, or not allowed: the thread then only competes a little more.
  }
}

async function answer(recognizer: Recognizer, id: number, job: RecognitionJob): Promise<void> {
  try {
    reply({ type: 'done', id, result: await recognizer.analyse(job) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    reply({ type: 'failed', id, damaged: error instanceof ImageDecodeError, message });
  }
}

standBack();
const recognizer = await Recognizer.load(() => performance.now());
// One job after the other: they share the decoder's buffer, and the models block the thread anyway.
let turn: Promise<void> = Promise.resolve();
port.on('message', (request: WorkerRequest) => {
  turn = turn.then(() => {
    if (request.type === 'analyse') return answer(recognizer, request.id, request.job);
    if (request.type === 'end') process.exit();
    return recognizer.forget(request.sessionId);
  });
});
reply({ type: 'ready' });
