// Writes the files that are made from the code; with --check it only tells which of them are out of date.
import { readFile, writeFile } from 'node:fs/promises';

import { renderGeneratedFiles } from './generated-files.js';

const isCheck = process.argv.includes('--check');
const stale: string[] = [];
for (const [path, text] of await renderGeneratedFiles()) {
  if (text === (await readFile(path, 'utf8').catch(() => null))) continue;
  stale.push(path);
  if (!isCheck) await writeFile(path, text);
}
for (const path of stale) console.log(isCheck ? `${path} is out of date: npm run openapi:write` : `wrote ${path}`);
if (isCheck && stale.length > 0) process.exitCode = 1;
