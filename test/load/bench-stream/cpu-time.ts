import { readFileSync, readdirSync } from 'node:fs';

/** Processor time of a process so far, in milliseconds: of all its threads, and of its main thread alone. */
export interface CpuTime {
  readonly allMs: number;
  readonly mainMs: number;
}

/** From Linux' scheduler; null elsewhere. Threads that have ended are not in it. */
export function cpuTimeOf(pid: number): CpuTime | null {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) => ({
      isMain: Number(thread) === pid,
      ms: Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    }));
    const sum = (chosen: typeof threads): number => chosen.reduce((total, { ms }) => total + ms, 0);
    return { allMs: sum(threads), mainMs: sum(threads.filter(({ isMain }) => isMain)) };
  } catch {
    return null;
  }
}

export function cpuBetween(before: CpuTime | null, after: CpuTime | null): CpuTime | null {
  return before && after && { allMs: after.allMs - before.allMs, mainMs: after.mainMs - before.mainMs };
}

const TICK_MS = 10;

/** Milliseconds in which the machine's cores were busy so far, or given to others by their host; null without Linux. */
export function busyTime(): number | null {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
    const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, stolen = 0] = line
      .trim()
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return (user + nice + system + irq + softIrq + stolen) * TICK_MS;
  } catch {
    return null;
  }
}
