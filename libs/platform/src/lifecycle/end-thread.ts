import type { Worker } from 'node:worker_threads';

import type { Clock } from '@jiga/contracts';

/** Asks a thread to end as soon as what is under way is done. */
export interface EndRequest {
  readonly type: 'end';
}

/** How long a thread may take to come to a place where it can end; loading models is the longest. What hangs is stopped all the same. */
const END_GRACE_MS = 5000;

/**
 * Lets a thread end by itself, for which it takes an {@link EndRequest}: one that is stopped in the middle of native code takes
 * the process with it when that code tells the result to an environment that is gone. Resolves when it is gone.
 */
export async function endThread(worker: Worker, clock: Clock): Promise<void> {
  // It has ended already, and will not say so again.
  if (worker.threadId === -1) return;
  const gone = new Promise((resolve) => worker.once('exit', resolve));
  worker.ref();
  worker.postMessage({ type: 'end' } satisfies EndRequest);
  const cancel = clock.after(END_GRACE_MS, () => void worker.terminate());
  await gone;
  cancel();
}
