import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SECONDS = 3;

/**
 * How much more two programs that have nothing to do with each other or with the server get done on two cores at once than one of
 * them alone: what this machine's second core is worth. No server can gain more. Needs `taskset`.
 */
export async function machineScaling(): Promise<number> {
  const programs = await Promise.all([0, 1].map(startOn));
  try {
    const [first] = programs;
    const alone = first ? await countIn(first) : 0;
    const together = await Promise.all(programs.map(countIn));
    return together.reduce((sum, count) => sum + count, 0) / alone;
  } finally {
    for (const program of programs) program.kill();
  }
}

async function startOn(core: number): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('picture-loop.js', import.meta.url));
  const program = fork(file, { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath] });
  await once(program, 'message');
  return program;
}

async function countIn(program: ChildProcess): Promise<number> {
  const answer = once(program, 'message');
  program.send(SECONDS);
  const [count] = (await answer) as [number];
  return count;
}
