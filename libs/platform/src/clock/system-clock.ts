import type { CancelTimer, Clock } from '@jiga/contracts';

/** The machine's own clock. Its timers never keep the process alive. */
export class SystemClock implements Clock {
  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(delayMs: number, task: () => void): CancelTimer {
    const timer = setTimeout(task, delayMs).unref();
    return () => clearTimeout(timer);
  }

  every(periodMs: number, task: () => void): CancelTimer {
    const timer = setInterval(task, periodMs).unref();
    return () => clearInterval(timer);
  }
}
