import type { Clock } from '@jiga/contracts';

import { StreamError } from '../stream-error.js';
import { ProgramError, runProgram, type ProgramOutput } from './run-program.js';

export interface StreamlinkProgram {
  /** Of the operator's streamlink. */
  readonly path: string;
  readonly clock: Clock;
}

/** An HLS stream that streamlink found. */
export interface StreamlinkStream {
  /** Such as `720p60`. */
  readonly name: string;
  /** Of its media playlist. */
  readonly url: string;
  /** Of the multivariant playlist that it is in; null when it is in none. */
  readonly masterUrl: string | null;
  /** Header fields that it wants. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface StreamlinkAnswer {
  readonly streams: readonly StreamlinkStream[];
  /** What the service calls the broadcast; null when it does not say. */
  readonly broadcastId: string | null;
}

/** It looks at every rendition before it answers: some seconds are usual. */
const TIMEOUT_MS = 30_000;
const OUTPUT_MAX_BYTES = 1024 * 1024;
/** Older ones ask services in ways that they no longer answer. */
const OLDEST_VERSION = [8, 2, 1] as const;
/** No settings and no code of whoever runs the server, nothing kept. */
const ISOLATED = ['--no-config', '--no-plugin-sideloading', '--no-plugin-cache'];
/** Names that stand for another of the renditions. */
const ALIASES = new Set(['best', 'worst']);

type Json = Readonly<Record<string, unknown>>;

/**
 * Asks the operator's streamlink what a page shows. Throws {@link StreamError}: `offline_or_restricted` for a page without
 * streams, since it does not say why, else `upstream` or `timeout`.
 */
export async function askStreamlink(
  program: StreamlinkProgram,
  page: string,
  signal: AbortSignal,
): Promise<StreamlinkAnswer> {
  const { stdout: version } = await run(program, ['--version'], signal);
  if (!isRecent(version)) throw new StreamError('upstream');
  const { stdout } = await run(program, [...ISOLATED, '--json', '--', page], signal);
  const { streams, metadata, error } = parse(stdout);
  if (typeof error === 'string') throw new StreamError('offline_or_restricted');
  const found = hlsStreams(streams);
  if (found.length === 0) throw new StreamError('upstream');
  const { id } = asObject(metadata);
  return { streams: found, broadcastId: typeof id === 'string' ? id : null };
}

async function run(
  { path, clock }: StreamlinkProgram,
  args: readonly string[],
  signal: AbortSignal,
): Promise<ProgramOutput> {
  try {
    return await runProgram(path, args, { clock, signal, timeoutMs: TIMEOUT_MS, maxBytes: OUTPUT_MAX_BYTES });
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new StreamError(error.failure === 'timeout' ? 'timeout' : 'upstream');
  }
}

/** Of `streamlink 8.2.1`. */
function isRecent(text: string): boolean {
  const found = /(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number);
  if (!found) return false;
  const differing = OLDEST_VERSION.findIndex((part, i) => part !== found[i]);
  return differing < 0 || (found[differing] ?? 0) > (OLDEST_VERSION[differing] ?? 0);
}

function hlsStreams(streams: unknown): StreamlinkStream[] {
  return Object.entries(asObject(streams)).flatMap(([name, stream]) => {
    const { type, url, master, headers } = asObject(stream);
    if (ALIASES.has(name) || type !== 'hls' || typeof url !== 'string') return [];
    return [{ name, url, masterUrl: typeof master === 'string' ? master : null, headers: textsOf(headers) }];
  });
}

const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

const textsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(asObject(value)).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  );

function parse(text: string): Json {
  try {
    return asObject(JSON.parse(text));
  } catch {
    // Not JSON: the same as no answer.
    throw new StreamError('upstream');
  }
}
