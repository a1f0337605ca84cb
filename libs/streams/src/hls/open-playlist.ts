import { StreamError, type StreamErrorCode } from '../stream-error.js';
import type { HostList, StreamHttp, StreamVariant } from '../stream-ingest.port.js';
import { parseMasterPlaylist, soundUriOf } from './master-playlist.js';
import { parseMediaPlaylist } from './media-playlist.js';
import { chooseVariant, type VariantWish } from './variant-choice.js';

export interface PlaylistRequest {
  readonly url: string;
  readonly hosts: HostList;
  readonly headers: Readonly<Record<string, string>>;
  readonly wish: VariantWish;
}

/** A media playlist that answers. */
export interface OpenedPlaylist {
  readonly mediaPlaylistUrl: string;
  /** Of its sound, where that is kept apart; null = it is with the pictures, or there is none. */
  readonly soundPlaylistUrl: string | null;
  readonly variant: StreamVariant;
  /** A recording is whole; a live playlist goes on. */
  readonly isLive: boolean;
}

const PLAYLIST_MAX_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;

const STATUSES: Readonly<Record<number, StreamErrorCode>> = {
  401: 'forbidden',
  403: 'forbidden',
  404: 'offline',
  410: 'ended',
  451: 'geo_blocked',
};

/**
 * Opens an HLS address, whichever sort of playlist it leads to, and chooses the rendition. The media playlist is read
 * once, so that what it leads to is known to be there. Throws {@link StreamError}.
 */
export async function openPlaylist(
  http: StreamHttp,
  request: PlaylistRequest,
  signal: AbortSignal,
): Promise<OpenedPlaylist> {
  const first = await fetchPlaylist(http, request, signal);
  if (!first.text.includes('#EXT-X-STREAM-INF')) {
    const variant = onlyVariant(request.wish);
    return { mediaPlaylistUrl: first.url, soundPlaylistUrl: null, variant, isLive: isLive(first.text) };
  }
  const master = parseMasterPlaylist(first.text);
  const { rung, variant } = chooseVariant(master.rungs, request.wish);
  const url = URL.parse(rung.uri, first.url)?.href;
  if (url === undefined) throw new StreamError('blocked_url');
  const media = await fetchPlaylist(http, { ...request, url }, signal);
  const soundUri = soundUriOf(master, rung);
  // Whether it may be fetched is seen when it is: a stream without sound is better than none.
  const soundPlaylistUrl = soundUri === null ? null : (URL.parse(soundUri, first.url)?.href ?? null);
  return { mediaPlaylistUrl: media.url, soundPlaylistUrl, variant, isLive: isLive(media.text) };
}

async function fetchPlaylist(
  http: StreamHttp,
  { url, hosts, headers }: PlaylistRequest,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly url: string }> {
  const request = { url, hosts, headers, maxBytes: PLAYLIST_MAX_BYTES, timeoutMs: TIMEOUT_MS };
  const { status, body, url: finalUrl } = await http.fetch(request, signal);
  if (status !== 200) throw new StreamError(STATUSES[status] ?? 'upstream', { status });
  return { text: body.toString('utf8'), url: finalUrl };
}

const isLive = (text: string): boolean => !parseMediaPlaylist(text).isEnded;

const onlyVariant = ({ quality }: VariantWish): StreamVariant => ({
  name: null,
  width: null,
  height: null,
  fps: null,
  bitsPerSecond: null,
  isSource: false,
  requested: quality,
  choice: 'only',
});
