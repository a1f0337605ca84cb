import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { canPin } from './machine.js';
import type { Pace } from './paced-work.js';

const SECONDS = 8;

/**
 * What a program that has nothing to do with the server (a code formatter) takes for the same piece of work at different paces, on the
 * server's core: how much of a difference in cost between few and many sessions is the machine's own. A core that rested has lost what
 * it had in its caches, and ordinary code, other than a tight loop, takes much longer on it. Needs `taskset`.
 */
export class MachinePace {
  private constructor(private readonly program: ChildProcess) {}

  /** Null where no core can be given to the server alone. */
  static async start(core: number): Promise<MachinePace | null> {
    if (!canPin) return null;
    const file = fileURLToPath(new URL('paced-work.js', import.meta.url));
    const program = fork(file, { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath] });
    await once(program, 'message');
    return new MachinePace(program);
  }

  /** Milliseconds of processor time for one piece of work, of `perSecond` that are evenly apart. */
  async costAt(perSecond: number): Promise<number> {
    const answer = once(this.program, 'message');
    const pace: Pace = { periodMs: 1000 / perSecond, seconds: SECONDS };
    this.program.send(pace);
    const [ms] = (await answer) as [number];
    return ms;
  }

  stop(): void {
    this.program.kill();
  }
}
