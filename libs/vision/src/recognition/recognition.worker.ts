import { parentPort } from 'node:worker_threads';
import { ImageDecodeError } from '@jiga/media';
import { Recognizer } from './recognizer.js';
import type { RecognitionJob, WorkerReply, WorkerRequest } from './worker.messages.js';

// Runs in a worker thread: text recognition blocks its thread for tens of milliseconds at a time.
const port = parentPort;
if (!port) throw new Error('The recognition worker only runs as a worker thread');

const reply = (message: WorkerReply): void => port.postMessage(message);

async function answer(recognizer: Recognizer, id: number, job: RecognitionJob): Promise<void> {
  try {
    reply({ type: 'done', id, result: await recognizer.analyse(job) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    reply({ type: 'failed', id, damaged: error instanceof ImageDecodeError, message });
  }
}

const recognizer = await Recognizer.load(() => performance.now());
// One job after the other: they share the decoder's buffer, and the models block the thread anyway.
let turn: Promise<void> = Promise.resolve();
port.on('message', (request: WorkerRequest) => {
  turn = turn.then(() => {
    if (request.type === 'analyse') return answer(recognizer, request.id, request.job);
    return recognizer.forget(request.sessionId);
  });
});
reply({ type: 'ready' });
