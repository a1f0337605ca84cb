import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Clips that come with the source, below the directory that holds it. */
const CLIPS: Readonly<Record<string, string>> = { 'openarena-ctf': 'test/fixtures/openarena/oa_ctf_sample.mp4' };

/**
 * The bundled clips that are there, by name. The code runs from its source or from dist/, and a deployment may leave the
 * clips out.
 */
export function bundledSamples(): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, path] of Object.entries(CLIPS)) {
    for (let directory = here; directory !== dirname(directory); directory = dirname(directory)) {
      const file = join(directory, path);
      if (!existsSync(file)) continue;
      found[name] = file;
      break;
    }
  }
  return found;
}

const here = dirname(fileURLToPath(import.meta.url));
