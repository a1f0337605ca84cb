import type { Clock } from '@jiga/contracts';
import { ProgramError, runProgram, StreamError } from '@jiga/streams';

import { causeOfReason } from './playability.js';
import { expiryOf, type YoutubeBroadcast, type YoutubeFinder } from './youtube-finder.port.js';
import { pageOf, type YoutubeTarget } from './youtube-target.js';

const TIMEOUT_MS = 30_000;
const OUTPUT_MAX_BYTES = 8 * 1024 * 1024;
/** Header fields of a format that a playlist may need; the others are the business of whoever fetches. */
const KEPT_HEADERS = new Set(['user-agent', 'referer', 'origin', 'accept-language']);

type Json = Readonly<Record<string, unknown>>;

/** Finds broadcasts with the operator's yt-dlp, which is mended more often than any library. */
export class YtDlpFinder implements YoutubeFinder {
  readonly name = 'yt-dlp';

  constructor(
    private readonly path: string,
    private readonly clock: Clock,
  ) {}

  async find(target: YoutubeTarget, signal: AbortSignal): Promise<YoutubeBroadcast> {
    const args = ['--ignore-config', '--no-cache-dir', '--no-playlist', '--no-warnings', '-J', '--', pageOf(target)];
    const options = { clock: this.clock, signal, timeoutMs: TIMEOUT_MS, maxBytes: OUTPUT_MAX_BYTES };
    const { exitCode, stdout, stderr } = await runProgram(this.path, args, options).catch((error: unknown) => {
      if (!(error instanceof ProgramError)) throw error;
      throw new StreamError(error.failure === 'timeout' ? 'timeout' : 'upstream');
    });
    if (exitCode !== 0) throw new StreamError(causeOfReason(stderr) ?? 'upstream', { exitCode: exitCode ?? -1 });
    return broadcastOf(parse(stdout));
  }
}

function broadcastOf(video: Json): YoutubeBroadcast {
  const { id, live_status: status, formats } = video;
  if (status === 'is_upcoming') throw new StreamError('upcoming');
  if (status === 'was_live' || status === 'post_live') throw new StreamError('ended');
  const isLive = status === 'is_live' || video['is_live'] === true;
  const format = (Array.isArray(formats) ? (formats as Json[]) : []).find(
    ({ manifest_url: url, protocol }) => typeof url === 'string' && String(protocol).startsWith('m3u8'),
  );
  if (typeof id !== 'string' || !format) throw new StreamError(isLive ? 'upstream' : 'unsupported');
  const masterUrl = String(format['manifest_url']);
  return { videoId: id, isLive, masterUrl, headers: headersOf(format['http_headers']), expiresAt: expiryOf(masterUrl) };
}

function headersOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  const kept = Object.entries(value).filter(
    ([name, text]) => KEPT_HEADERS.has(name.toLowerCase()) && typeof text === 'string',
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

function parse(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Json;
  } catch {
    // Not JSON: the same as no answer.
  }
  throw new StreamError('upstream');
}
