import { bundledPath } from '../bundled-path.js';

/** Clips that come with the server, below its root. */
const CLIPS: Readonly<Record<string, string>> = { 'openarena-ctf': 'samples/openarena/oa_ctf_sample.mp4' };

/** The bundled clips that are there, by name: a deployment may leave them out. */
export function bundledSamples(): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, path] of Object.entries(CLIPS)) {
    const file = bundledPath(path);
    if (file !== null) found[name] = file;
  }
  return found;
}
