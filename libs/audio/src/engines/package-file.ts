import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const packages = createRequire(import.meta.url);

/** Path of a file beside what a package's `entry` resolves to. Throws when the package is not installed. */
export const packageFile = (entry: string, ...path: string[]): string =>
  join(dirname(packages.resolve(entry)), ...path);

/** A package that may be absent: what it exports, or null. */
export function optionalPackage(name: string): unknown {
  try {
    return packages(name);
  } catch {
    return null;
  }
}

export const isInstalled = (name: string): boolean => {
  try {
    packages.resolve(name);
    return true;
  } catch {
    return false;
  }
};
