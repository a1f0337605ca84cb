import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { renderEnvExample } from '@jiga/platform';

import { createServer } from '../create-server.js';
import { buildAsyncApi } from './asyncapi.js';
import { renderErrorsPage } from './errors-page.js';
import { buildOpenApi } from './openapi.js';

/** Every file of the repository that is made from the code: path from the root → text. */
export async function renderGeneratedFiles(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['.env.example', renderEnvExample()],
    ['docs/errors.md', renderErrorsPage()],
    ['docs/asyncapi.json', `${JSON.stringify(sortKeys(buildAsyncApi('127.0.0.1:3000')), null, 2)}\n`],
    ['docs/openapi.json', await renderOpenApi()],
  ]);
}

/** From a whole server that does not listen, in a data directory that is gone afterwards. */
async function renderOpenApi(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jiga-openapi-'));
  const server = await createServer({ environment: { JIGA_DATA_DIR: dataDir, JIGA_LOG_LEVEL: 'error' } });
  try {
    await server.app.init();
    return `${JSON.stringify(sortKeys(buildOpenApi(server.app)), null, 2)}\n`;
  } finally {
    await server.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** In a stable order, so that a change of the file is a change of the API. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, field]) => [key, sortKeys(field)]));
}
