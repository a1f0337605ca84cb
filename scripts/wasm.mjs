// Compiles libs/media/assembly to WebAssembly and writes it as a module, so that nothing has to be found on disk at run
// time; `--check` only compares.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'libs/media/src/image/jpeg-dc.wasm.ts');

const out = mkdtempSync(join(tmpdir(), 'jiga-wasm-'));
try {
  const source = join(root, 'libs/media/assembly/jpeg-dc.ts');
  const binary = join(out, 'jpeg-dc.wasm');
  const options = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--noAssert'];
  const { error } = await main([source, '--outFile', binary, ...options], { stderr: process.stderr });
  if (error) throw error;
  const code = readFileSync(binary).toString('base64');
  const text = `/** Compiled from libs/media/assembly/jpeg-dc.ts by \`npm run wasm:write\`; base64. */\nexport const JPEG_DC_WASM =\n  '${code}';\n`;
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error('libs/media/src/image/jpeg-dc.wasm.ts is stale: npm run wasm:write');
    process.exitCode = 1;
  }
} finally {
  rmSync(out, { recursive: true, force: true });
}
