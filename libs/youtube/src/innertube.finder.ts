import { StreamError, type HostList, type StreamHttp } from '@jiga/streams';
import type { Innertube, Types } from 'youtubei.js';

import { playabilityError } from './playability.js';
import { expiryOf, type YoutubeBroadcast, type YoutubeFinder } from './youtube-finder.port.js';
import { pageOf, type YoutubeTarget } from './youtube-target.js';

/** The players that YouTube is asked as, the most dependable first: the first needs no script of YouTube's to be run. */
export const INNERTUBE_CLIENTS = ['VISIONOS', 'ANDROID', 'WEB_EMBEDDED'] as const;
export type InnertubeClient = (typeof INNERTUBE_CLIENTS)[number];

const ANSWER_MAX_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
const HOSTS: HostList = { builtIn: ['www.youtube.com', 'youtubei.googleapis.com'], named: [] };

type VideoInfo = Awaited<ReturnType<Innertube['getBasicInfo']>>;

/**
 * Finds broadcasts through YouTube's own, undocumented interface. The library behind it is large: it is loaded when the
 * first session wants it. It runs no script of YouTube's, and all that it fetches goes through the guard.
 */
export class InnertubeFinder implements YoutubeFinder {
  readonly name = 'youtubei';

  constructor(
    private readonly http: StreamHttp,
    private readonly client: InnertubeClient,
  ) {}

  async find(target: YoutubeTarget, signal: AbortSignal): Promise<YoutubeBroadcast> {
    const youtube = await this.#open(signal);
    try {
      const videoId = target.kind === 'video' ? target.videoId : await liveVideoOf(youtube, target);
      return broadcastOf(videoId, await this.#infoOf(youtube, videoId));
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof StreamError ? error : new StreamError('upstream');
    }
  }

  /** The library throws for a video that there is not, and hides what YouTube said of it in the error. */
  async #infoOf(youtube: Innertube, videoId: string): Promise<VideoInfo> {
    try {
      return await youtube.getBasicInfo(videoId, { client: this.client satisfies Types.InnerTubeClient });
    } catch (error) {
      const said =
        error instanceof Error && 'info' in error ? (error.info as Partial<VideoInfo['playability_status']>) : null;
      const refusal = said?.status
        ? playabilityError({ status: said.status, reason: said.reason ?? '', isUpcoming: false })
        : null;
      throw refusal ?? error;
    }
  }

  async #open(signal: AbortSignal): Promise<Innertube> {
    const { Innertube, Log } = await import('youtubei.js');
    Log.setLevel(Log.Level.NONE);
    return Innertube.create({
      lang: 'en',
      retrieve_player: false,
      retrieve_innertube_config: false,
      generate_session_locally: true,
      enable_session_cache: false,
      fetch: (input, init) => this.#fetch(new Request(input, init), signal),
    });
  }

  async #fetch(request: Request, signal: AbortSignal): Promise<Response> {
    const isPost = request.method === 'POST';
    const { status, headers, body } = await this.http.fetch(
      {
        url: request.url,
        hosts: HOSTS,
        method: isPost ? 'POST' : 'GET',
        headers: Object.fromEntries(request.headers),
        ...(isPost && { body: await request.text() }),
        maxBytes: ANSWER_MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
      },
      signal,
    );
    const type = headers['content-type'] ?? 'application/json';
    return new Response(new Uint8Array(body), { status, headers: { 'content-type': type } });
  }
}

/** A channel that shows nothing leads to its page instead of a video. */
async function liveVideoOf(youtube: Innertube, target: YoutubeTarget): Promise<string> {
  const endpoint = await youtube.resolveURL(pageOf(target));
  const payload = endpoint.payload as { readonly videoId?: unknown; readonly browseId?: unknown } | undefined;
  if (typeof payload?.videoId === 'string') return payload.videoId;
  throw new StreamError(payload?.browseId === undefined ? 'not_found' : 'offline');
}

function broadcastOf(videoId: string, info: VideoInfo): YoutubeBroadcast {
  const { basic_info: video, playability_status: said, streaming_data: media } = info;
  const { status, reason } = said ?? { status: '', reason: '' };
  const isUpcoming = video.is_upcoming === true;
  const refusal = playabilityError({ status, reason, isUpcoming });
  if (refusal) throw refusal;
  if (!video.is_live && isUpcoming) throw new StreamError('upcoming');
  if (!video.is_live && (video.is_live_content === true || video.is_post_live_dvr === true))
    throw new StreamError('ended');
  const masterUrl = media?.hls_manifest_url;
  // A live broadcast without it is one that this client is not shown; a video that was never live has none.
  if (masterUrl === undefined) throw new StreamError(video.is_live ? 'upstream' : 'unsupported');
  return { videoId, isLive: video.is_live === true, masterUrl, headers: {}, expiresAt: expiryOf(masterUrl) };
}
