import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface SecretFile {
  /** Without the line end. */
  readonly text: string;
  readonly isNew: boolean;
}

/** The secret kept at `path`, made by `make` when there is none. Only the file's owner can read it. */
export async function keepSecretFile(path: string, make: () => string): Promise<SecretFile> {
  const kept = await readIfPresent(path);
  if (kept !== null) {
    await chmod(path, 0o600);
    return { text: kept.trim(), isNew: false };
  }
  const text = make();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Written whole, then named: of two first starts at once one wins, and a death in between leaves no half of a secret.
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, `${text}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, path);
  } catch (error) {
    if (isCode(error, 'EEXIST')) return await keepSecretFile(path, make);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return { text, isNew: true };
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
