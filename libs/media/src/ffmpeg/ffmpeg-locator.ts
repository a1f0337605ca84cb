import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

export type FfmpegSource = 'configured' | 'ffmpeg-static' | 'path' | 'ffmpeg-installer';

/** A working ffmpeg. `warning` is set when it should be replaced before it reads anything untrusted. */
export interface FfmpegFound {
  readonly found: true;
  readonly path: string;
  readonly source: FfmpegSource;
  /** As the program names itself, such as `5.1.9` or `N-47683-g0e8eb07980-static`. */
  readonly version: string;
  readonly warning?: string;
}

export interface FfmpegMissing {
  readonly found: false;
  /** What was looked at and why it would not do, in order. */
  readonly tried: readonly { readonly source: FfmpegSource; readonly reason: string }[];
  /** What the reader should do about it. */
  readonly remedy: string;
}

export type FfmpegLocation = FfmpegFound | FfmpegMissing;

export interface FfmpegSearch {
  /** Explicit path (`JIGA_FFMPEG_PATH`). When given it is the only one tried: a wrong setting must not go unnoticed. */
  readonly configuredPath?: string | undefined;
  /** Directories as in the PATH variable. */
  readonly searchPath?: string | undefined;
  /** Resolves a package that exports where its binary is; by default from this file on. */
  readonly loadPackage?: (name: string) => unknown;
}

const PROBE_TIMEOUT_MS = 5000;
const REMEDY =
  'Install ffmpeg (for example `apt-get install ffmpeg` or `brew install ffmpeg`) so that it is on PATH, ' +
  'or set JIGA_FFMPEG_PATH to the program.';
const OLD_BUILD =
  'this ffmpeg build is from 2018 and lacks security fixes: use it for trusted files only, and install a current ffmpeg ' +
  'or set JIGA_FFMPEG_PATH';

interface Candidate {
  readonly source: FfmpegSource;
  readonly warning?: string;
  /** Path of the program, or undefined when there is none at this place. */
  locate(): Promise<string | undefined>;
}

const run = promisify(execFile);
const requirePackage = createRequire(import.meta.url);
const message = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);

/**
 * Finds an ffmpeg that runs: the configured path, the package `ffmpeg-static` (optional), `ffmpeg` on PATH, and last the
 * 2018 build of `@ffmpeg-installer/ffmpeg`, with a warning. Never throws: a missing program comes back with a remedy.
 */
export async function locateFfmpeg(search: FfmpegSearch = {}): Promise<FfmpegLocation> {
  const tried: { source: FfmpegSource; reason: string }[] = [];
  for (const candidate of candidates(search)) {
    try {
      const path = await candidate.locate();
      if (path === undefined) {
        tried.push({ source: candidate.source, reason: 'not installed' });
        continue;
      }
      await makeExecutable(path);
      const version = await readVersion(path);
      const { source, warning } = candidate;
      return { found: true, path, source, version, ...(warning === undefined ? {} : { warning }) };
    } catch (error) {
      tried.push({ source: candidate.source, reason: message(error) });
    }
  }
  return { found: false, tried, remedy: REMEDY };
}

function candidates(search: FfmpegSearch): Candidate[] {
  const { configuredPath, searchPath = '', loadPackage = requirePackage } = search;
  if (configuredPath !== undefined && configuredPath !== '') {
    return [{ source: 'configured', locate: () => Promise.resolve(configuredPath) }];
  }
  const packaged = (name: string) => () => Promise.resolve(packagedPath(name, loadPackage));
  return [
    { source: 'ffmpeg-static', locate: packaged('ffmpeg-static') },
    { source: 'path', locate: () => onSearchPath(searchPath) },
    { source: 'ffmpeg-installer', warning: OLD_BUILD, locate: packaged('@ffmpeg-installer/ffmpeg') },
  ];
}

/** `ffmpeg-static` exports the path itself, `@ffmpeg-installer/ffmpeg` an object with `path`; both may be absent. */
function packagedPath(name: string, load: (name: string) => unknown): string | undefined {
  let exported: unknown;
  try {
    exported = load(name);
  } catch {
    return undefined; // an optional dependency that did not install, or has no build for this platform
  }
  if (typeof exported === 'string') return exported;
  if (typeof exported === 'object' && exported !== null && 'path' in exported && typeof exported.path === 'string') {
    return exported.path;
  }
  return undefined;
}

async function onSearchPath(searchPath: string): Promise<string | undefined> {
  const names = process.platform === 'win32' ? ['ffmpeg.exe', 'ffmpeg.cmd'] : ['ffmpeg'];
  for (const directory of searchPath.split(delimiter).filter((entry) => entry !== '')) {
    for (const name of names) {
      const path = join(directory, name);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Packages unpacked by some tools lose the x bit. Where we may not set it, running the program says so. */
async function makeExecutable(path: string): Promise<void> {
  if (await isExecutable(path)) return;
  await access(path, constants.F_OK);
  await chmod(path, 0o755).catch(() => undefined);
}

async function readVersion(path: string): Promise<string> {
  const { stdout } = await run(path, ['-version'], { timeout: PROBE_TIMEOUT_MS, maxBuffer: 1 << 20 });
  const version = /^ffmpeg version (\S+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${path} does not answer like ffmpeg`);
  return version;
}
