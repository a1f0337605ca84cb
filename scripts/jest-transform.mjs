// Compiles TypeScript for Jest, and lets each import from a library of ours go to the file that has the name, past the index of
// the library: an index loads the whole library and all that it stands on, for every suite anew, to give one name. The same for
// the one package whose index is as large and that has a file for each name.
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import swcJest from '@swc/jest';

const LIBRARIES = fileURLToPath(new URL('../libs/', import.meta.url));

const DECLARED = /^export (?:abstract |async )*(?:class|const|enum|function\*?|let) (\w+)/gm;
const PASSED_ON = /^export \{([^}]*)\} from '(\.[^']+)\.js'/gm;
const ALL_PASSED_ON = /^export \* from '(\.[^']+)\.js'/gm;
/** As the compiler prints them: without types, each on a line of its own. */
const IMPORT = /^import \{ ([^}]*) \} from ['"]@jiga\/([\w-]+)['"];/gm;
const PACKAGE_IMPORT = /^import \{ ([^}]*) \} from 'es-toolkit\/compat';/gm;

/** `a`, or `a as b`. */
function readName(words) {
  const [name, alias = name] = words.trim().split(/ as /);
  return { name, alias };
}

/** For each name that a file exports: the file that declares it, and what it is called there. */
function exportsOf(file) {
  const text = readFileSync(file, 'utf8');
  const beside = (path) => resolve(dirname(file), `${path}.ts`);
  const found = new Map();
  for (const [, path] of text.matchAll(ALL_PASSED_ON)) {
    for (const [name, origin] of exportsOf(beside(path))) found.set(name, origin);
  }
  for (const [, list, path] of text.matchAll(PASSED_ON)) {
    const origins = exportsOf(beside(path));
    for (const { name, alias } of list.split(',').map(readName)) {
      if (origins.has(name)) found.set(alias, origins.get(name));
    }
  }
  for (const [, name] of text.matchAll(DECLARED)) found.set(name, { file, name });
  return found;
}

/** By library. */
const names = new Map(
  globSync('*/src/index.ts', { cwd: LIBRARIES }).map((index) => [
    basename(dirname(dirname(index))),
    exportsOf(join(LIBRARIES, index)),
  ]),
);
/** What a compiled file depends on beside its source and the compiler. */
const ours = [readFileSync(fileURLToPath(import.meta.url), 'utf8'), ...[...names].map(([, found]) => [...found])];
const key = createHash('sha1').update(JSON.stringify(ours)).digest('hex');

/** The imports of one statement, file by file; what is not known stays with the index. On one line: line numbers must stay. */
function goDirect(list, library, filename) {
  const byFile = new Map();
  for (const { name, alias } of list.split(',').map(readName)) {
    const origin = names.get(library)?.get(name);
    const path = origin ? relative(dirname(filename), origin.file).replaceAll('\\', '/') : '';
    const from = origin ? (path.startsWith('.') ? path : `./${path}`) : `@jiga/${library}`;
    byFile.set(from, [...(byFile.get(from) ?? []), `${origin?.name ?? name} as ${alias}`]);
  }
  return [...byFile].map(([from, wanted]) => `import { ${wanted.join(', ')} } from "${from}";`).join(' ');
}

/** For packages, which are JavaScript already. */
const packages = {
  process: (source) => ({
    code: source.replace(PACKAGE_IMPORT, (_statement, list) =>
      list
        .split(',')
        .map(readName)
        .map(({ name, alias }) => `import ${alias} from 'es-toolkit/compat/${name}';`)
        .join(' '),
    ),
  }),
  getCacheKey: (source) => createHash('sha1').update(source).update(key).digest('hex'),
};

export default {
  createTransformer(options) {
    if (options.packages) return packages;
    const compiler = swcJest.createTransformer(options);
    const direct = (compiled, filename) => ({
      ...compiled,
      code: compiled.code.replace(IMPORT, (_statement, list, library) => goDirect(list, library, filename)),
    });
    return {
      ...compiler,
      process: (source, filename, settings) => direct(compiler.process(source, filename, settings), filename),
      processAsync: async (source, filename, settings) =>
        direct(await compiler.processAsync(source, filename, settings), filename),
      getCacheKey: (...about) => `${compiler.getCacheKey(...about)}${key}`,
    };
  },
};
