import type { Clock } from '@jiga/contracts';

export type ClientClock = Pick<Clock, 'nowMs' | 'after'>;

/** The machine's own time. Unlike the server's, its timers may keep a Node process alive: someone waits for them. */
export const systemClock: ClientClock = {
  nowMs: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The same with timers that keep no Node process alive: nobody waits for them. */
export const quietClock: ClientClock = {
  nowMs: () => Date.now(),
  after(delayMs, task) {
    const timer: number | { unref(): void } = setTimeout(task, delayMs);
    // A browser has a number here.
    if (typeof timer === 'object') timer.unref();
    return () => clearTimeout(timer as ReturnType<typeof setTimeout>);
  },
};
