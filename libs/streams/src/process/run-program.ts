import { spawn } from 'node:child_process';

import type { Clock } from '@jiga/contracts';
import { childEnvironment } from '@jiga/platform';

export interface ProgramOutput {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly clock: Pick<Clock, 'after'>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Of standard output and of standard error, each; a program that says more is killed. */
  readonly maxBytes: number;
}

/** Why a program gave no output: it is not there (`missing`), took too long, or said too much. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';

  constructor(readonly failure: 'missing' | 'timeout' | 'too_much_output') {
    super(failure);
  }
}

/**
 * Runs a program of the operator's and resolves to what it said. Without a shell, without our settings in its
 * environment, in a process group of its own: when it is killed, what it started is too. Throws {@link ProgramError}, or
 * the signal's reason when aborted; then nothing of it runs any more.
 */
export function runProgram(path: string, args: readonly string[], options: ProgramOptions): Promise<ProgramOutput> {
  const { clock, signal, timeoutMs, maxBytes } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const child = spawn(path, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: childEnvironment({}),
      windowsHide: true,
    });
    let failure: Error | null = null;
    const kill = (reason: Error): void => {
      failure ??= reason;
      killGroup(child.pid);
    };
    const onAbort = (): void => kill(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    const cancel = clock.after(timeoutMs, () => kill(new ProgramError('timeout')));
    const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) kill(new ProgramError('too_much_output'));
        else chunks.push(chunk);
      });
      return chunks;
    });
    const settle = (finish: () => void): void => {
      cancel();
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    child.on('error', () => settle(() => reject(failure ?? new ProgramError('missing'))));
    child.on('close', (exitCode) =>
      settle(() => (failure ? reject(failure) : resolve({ exitCode, stdout: textOf(stdout), stderr: textOf(stderr) }))),
    );
  });
}

const textOf = (chunks: readonly Buffer[] = []): string => Buffer.concat(chunks).toString('utf8');

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
