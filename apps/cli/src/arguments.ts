import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** Exit code of a command that was called in a way that it does not know, as shells have it. */
const MISUSED = 2;

/**
 * The options of this process's command line. `--help` prints the usage and ends the process with 0; what is not known, or lacks its
 * value, ends it with 2.
 */
export function readOptions<T extends ParseArgsOptionsConfig>(
  usage: string,
  options: T,
): ReturnType<typeof parseArgs<{ options: T }>>['values'] {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(usage);
    return process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return process.exit(MISUSED);
  }
}

/** `1280x720` as numbers; `native` is null. Throws on anything else. */
export function parseSize(text: string): { width: number; height: number } | null {
  if (text === 'native') return null;
  const [, width, height] = /^(\d{2,4})x(\d{2,4})$/.exec(text) ?? [];
  if (width === undefined || height === undefined) throw new Error(`Not a size: ${text} (as in 1280x720, or native)`);
  return { width: Number(width), height: Number(height) };
}

/** A command-line number above 0. Throws naming the option. */
export function positiveNumber(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`${option} needs a number above 0, not ${text}`);
  return value;
}
