import { unixSeconds, type Clock } from '@jiga/contracts';
import {
  chooseVariant,
  ProgramError,
  runProgram,
  StreamError,
  type HostList,
  type ProgramOutput,
  type ResolvedHls,
  type Rung,
  type StreamResolver,
} from '@jiga/streams';

import { TWITCH_ADS } from './twitch-ads.js';
import { PLAYLIST_LIFE_S, TWITCH_HOSTS, type TwitchWish } from './twitch-resolver.js';

export interface StreamlinkOptions {
  /** Of the operator's streamlink. */
  readonly path: string;
  readonly clock: Clock;
  readonly allowedHosts: readonly string[];
}

/** It looks at every rendition before it answers: some seconds are usual. */
const TIMEOUT_MS = 30_000;
const OUTPUT_MAX_BYTES = 1024 * 1024;
/** Older ones ask Twitch in ways that it no longer answers. */
const OLDEST_VERSION = [8, 2, 1] as const;
/** No settings and no code of whoever runs the server, nothing kept. */
const ISOLATED = ['--no-config', '--no-plugin-sideloading', '--no-plugin-cache'];
/** Names that stand for another of the renditions. */
const ALIASES = new Set(['best', 'worst']);

type Json = Readonly<Record<string, unknown>>;

/** Finds a live channel's playlist with the operator's streamlink, for when Twitch refuses the server itself. */
export class StreamlinkResolver implements StreamResolver {
  readonly service = 'twitch';
  readonly #hosts: HostList;

  constructor(
    private readonly options: StreamlinkOptions,
    private readonly wish: TwitchWish,
  ) {
    this.#hosts = { builtIn: TWITCH_HOSTS, named: options.allowedHosts };
  }

  async resolve(signal: AbortSignal): Promise<ResolvedHls> {
    const { stdout: version } = await this.#run(['--version'], signal);
    if (!isRecent(version)) throw new StreamError('upstream');
    const askedAt = unixSeconds(this.options.clock);
    const page = `https://www.twitch.tv/${this.wish.login}`;
    const { stdout } = await this.#run([...ISOLATED, '--json', '--', page], signal);
    const { streams, error } = parse(stdout);
    // It says the same of a channel that is not live and of one that is closed to us.
    if (typeof error === 'string') throw new StreamError('offline_or_restricted');
    const found = renditionsOf(streams);
    if (found.size === 0) throw new StreamError('upstream');
    const { rung, variant } = chooseVariant([...found.keys()], this.wish);
    return {
      kind: 'hls',
      mediaPlaylistUrl: rung.uri,
      headers: found.get(rung) ?? {},
      hosts: this.#hosts,
      ads: TWITCH_ADS,
      variant,
      isLive: true,
      broadcastId: null,
      expiresAt: askedAt + PLAYLIST_LIFE_S,
    };
  }

  async #run(args: readonly string[], signal: AbortSignal): Promise<ProgramOutput> {
    const { path, clock } = this.options;
    try {
      return await runProgram(path, args, { clock, signal, timeoutMs: TIMEOUT_MS, maxBytes: OUTPUT_MAX_BYTES });
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      throw new StreamError(error.failure === 'timeout' ? 'timeout' : 'upstream');
    }
  }
}

/** Of `streamlink 8.2.1`. */
function isRecent(text: string): boolean {
  const found = /(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number);
  if (!found) return false;
  const differing = OLDEST_VERSION.findIndex((part, i) => part !== found[i]);
  return differing < 0 || (found[differing] ?? 0) > (OLDEST_VERSION[differing] ?? 0);
}

/** The renditions by name, such as `720p60`, each with the header fields that it wants. */
function renditionsOf(streams: unknown): Map<Rung, Readonly<Record<string, string>>> {
  const found = new Map<Rung, Readonly<Record<string, string>>>();
  for (const [name, stream] of Object.entries(asObject(streams))) {
    const { type, url, headers } = asObject(stream);
    if (ALIASES.has(name) || type !== 'hls' || typeof url !== 'string') continue;
    const [, height, fps] = /^(\d{3,4})p(\d{2,3})?/.exec(name) ?? [];
    const rung: Rung = {
      uri: url,
      name,
      groupId: null,
      width: null,
      height: height === undefined ? null : Number(height),
      fps: fps === undefined ? null : Number(fps),
      bitsPerSecond: null,
      codecs: null,
      isSource: name === 'source',
    };
    found.set(rung, textsOf(headers));
  }
  return found;
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
