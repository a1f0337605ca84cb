import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes an executable program for the shell into a directory; returns its path. */
export async function writeProgram(directory: string, name: string, script: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** Text as one word of the shell. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
