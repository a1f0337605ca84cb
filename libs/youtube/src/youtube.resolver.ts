import type { Clock } from '@jiga/contracts';
import { openPlaylist, StreamError } from '@jiga/streams';
import type { HostList, ResolvedStream, StreamErrorCode, StreamHttp, StreamResolver, VariantWish } from '@jiga/streams';

import type { YoutubeBroadcast, YoutubeFinder } from './youtube-finder.port.js';
import type { YoutubeTarget } from './youtube-target.js';

export interface YoutubeResolverDeps {
  readonly target: YoutubeTarget;
  /** Asked in order. */
  readonly finders: readonly YoutubeFinder[];
  readonly wish: VariantWish;
  readonly http: StreamHttp;
  /** Hosts that the operator named besides YouTube's own. */
  readonly named: readonly string[];
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

const HOSTS = ['manifest.googlevideo.com', '.googlevideo.com'];
/** What one way is told may be told another otherwise; everything else is the broadcast's own state. */
const WORTH_ANOTHER_WAY: ReadonlySet<StreamErrorCode> = new Set([
  'bot_check',
  'forbidden',
  'not_found',
  'offline_or_restricted',
  'playlist_invalid',
  'timeout',
  'unsupported',
  'upstream',
]);
/** Who comes back so soon got an address that leads nowhere: its segments are refused to that client. */
const SHORT_LIVED_MS = 120_000;

/** Finds a YouTube broadcast by the first way that works; best effort, since none of them is documented. */
export class YoutubeResolver implements StreamResolver {
  readonly service = 'youtube';
  #first = 0;
  #resolvedAtMs: number | null = null;

  constructor(private readonly deps: YoutubeResolverDeps) {}

  async resolve(signal: AbortSignal): Promise<ResolvedStream> {
    const { finders, clock } = this.deps;
    if (this.#resolvedAtMs !== null && clock.monotonicMs() - this.#resolvedAtMs < SHORT_LIVED_MS) this.#first++;
    this.#resolvedAtMs = null;
    let refusal = new StreamError('upstream');
    for (let tried = 0; tried < finders.length; tried++) {
      const index = (this.#first + tried) % finders.length;
      const finder = finders[index];
      if (!finder) break;
      try {
        const resolved = await this.#resolveBy(finder, signal);
        this.#first = index;
        this.#resolvedAtMs = clock.monotonicMs();
        return resolved;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof StreamError) || !WORTH_ANOTHER_WAY.has(error.code)) throw error;
        // The first refusal is that of the best way; a later one counts only where that was no answer at all.
        if (tried === 0 || refusal.code === 'upstream') refusal = error;
      }
    }
    throw refusal;
  }

  async #resolveBy(finder: YoutubeFinder, signal: AbortSignal): Promise<ResolvedStream> {
    const { target, http, named, wish } = this.deps;
    const { masterUrl, headers, ...broadcast }: YoutubeBroadcast = await finder.find(target, signal);
    const hosts: HostList = { builtIn: HOSTS, named };
    const opened = await openPlaylist(http, { url: masterUrl, hosts, headers, wish }, signal);
    return {
      kind: 'hls',
      mediaPlaylistUrl: opened.mediaPlaylistUrl,
      soundPlaylistUrl: opened.soundPlaylistUrl,
      variant: opened.variant,
      headers,
      hosts,
      isLive: broadcast.isLive,
      broadcastId: broadcast.videoId,
      expiresAt: broadcast.expiresAt,
    };
  }
}
