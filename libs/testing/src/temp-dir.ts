import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty directory of its own, removed with all its contents by `remove`, which may be called twice. */
export async function tempDir(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'jiga-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
