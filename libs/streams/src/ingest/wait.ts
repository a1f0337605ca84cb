import type { Clock } from '@jiga/contracts';

/** Resolves after a time on the clock; rejects with the signal's reason when it aborts first. */
export function wait(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const stop = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Resolves when the work is done, or not wanted any more. Rejects as the work does. */
export async function doneOrAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const waiting = new AbortController();
  const aborted = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true, signal: waiting.signal }),
  );
  try {
    await Promise.race([work, aborted]);
  } finally {
    waiting.abort();
  }
}
