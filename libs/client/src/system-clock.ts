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
