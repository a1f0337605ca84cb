import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Those of this process: one process may run several servers, as tests do. */
const ours = new Set<string>();

/** Names a server among all that ever ran on its database: `<host>/<pid>/<random>`. */
export function newRunner(): string {
  const runner = `${hostname()}/${process.pid}/${randomBytes(6).toString('hex')}`;
  ours.add(runner);
  return runner;
}

/** The server of this name has stopped. */
export const endRunner = (runner: string): void => void ours.delete(runner);

/**
 * Whether the process of this name is surely gone: it ran on this host, and its pid is free or ours by now. Of another
 * host nothing is known; there the lease decides.
 */
export function isSurelyDead(runner: string): boolean {
  if (ours.has(runner)) return false;
  const [host, pid] = runner.split('/');
  if (host !== hostname()) return false;
  return Number(pid) === process.pid || !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
