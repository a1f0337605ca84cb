import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ReferenceOrder {
  /** Pieces of work a second, evenly apart; null = one after another. */
  readonly perSecond: number | null;
  readonly seconds: number;
}

export interface ReferenceFigures {
  readonly pieces: number;
  readonly perSecond: number;
  /** Processor time of one piece. */
  readonly cpuMs: number;
}

/**
 * One fixed piece of work that has nothing to do with the server, on cores of our choice: what it costs at some pace, or beside
 * another like it, is what the machine itself makes of the same work there. A server cannot be expected to do better.
 */
export class ReferenceWork {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  /** One process on each of the cores; they do nothing until told. */
  static async start(cores: readonly number[]): Promise<ReferenceWork> {
    const file = fileURLToPath(new URL('reference-worker.js', import.meta.url));
    const children = cores.map((core) =>
      fork(file, { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath, '--enable-source-maps'] }),
    );
    await Promise.all(children.map((child) => once(child, 'message')));
    return new ReferenceWork(children);
  }

  /** Lets the first `count` of them work at the same time. */
  async run(count: number, order: ReferenceOrder): Promise<ReferenceFigures[]> {
    return Promise.all(
      this.children.slice(0, count).map(async (child) => {
        const answer = once(child, 'message');
        child.send(order);
        const [figures] = (await answer) as [ReferenceFigures];
        return figures;
      }),
    );
  }

  stop(): void {
    for (const child of this.children) child.kill();
  }
}
