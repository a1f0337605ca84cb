import type { Environment } from './config.js';
import { VARIABLES } from './variables.js';

/**
 * Environment for a child server: this process's without any of our settings, so that the child has the given ones
 * alone, whatever the shell around it has set.
 */
export function childEnvironment(
  settings: Environment,
  environment: Environment = process.env,
): Record<string, string> {
  const kept = Object.entries(environment).filter(([name]) => !(name in VARIABLES) && !name.startsWith('JIGA_'));
  const all = [...kept, ...Object.entries(settings)];
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Where to look for ffmpeg: the configured program, and the directories of PATH. */
export function ffmpegSearch(environment: Environment = process.env): { configuredPath?: string; searchPath?: string } {
  const configuredPath = environment['JIGA_FFMPEG_PATH']?.trim();
  const searchPath = environment['PATH'] ?? environment['Path'];
  return { ...(configuredPath ? { configuredPath } : {}), ...(searchPath === undefined ? {} : { searchPath }) };
}
