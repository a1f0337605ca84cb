import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * Where a file or folder of the source is, by its path from the root; null when a deployment has left it out. The code runs
 * from its source or from dist/, so it is looked for from here upwards.
 */
export function bundledPath(path: string): string | null {
  for (let directory = here; directory !== dirname(directory); directory = dirname(directory)) {
    const found = join(directory, path);
    if (existsSync(found)) return found;
  }
  return null;
}
