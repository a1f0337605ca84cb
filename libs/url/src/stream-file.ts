import { realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';

import { StreamError } from '@jiga/streams';

/**
 * The real path of a file that may be played: a regular file below `directory` once every link on the way is followed.
 * Throws StreamError `not_found` for what is not there, `blocked_url` for what lies elsewhere or is no file.
 */
export async function openableFile(path: string, directory: string): Promise<string> {
  const [real, root] = await Promise.all([realPathOf(path), realPathOf(directory)]);
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) throw new StreamError('blocked_url');
  if (!(await stat(real)).isFile()) throw new StreamError('blocked_url');
  return real;
}

async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    throw new StreamError('not_found');
  }
}
