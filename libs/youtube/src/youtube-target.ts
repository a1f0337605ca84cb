import type { VideoSourceConfig } from '@jiga/contracts';

/** What is watched: one broadcast, or whatever a channel is showing. */
export type YoutubeTarget =
  | { readonly kind: 'video'; readonly videoId: string }
  /** `path` is that of the channel's page, such as `/@some_channel` or `/channel/UC…`. */
  | { readonly kind: 'channel'; readonly path: string };

const VIDEO_ID = /^[\w-]{11}$/;
const CHANNEL_ID = /^UC[\w-]{22}$/;
const HANDLE = /^@?[\w.-]{3,100}$/;
const HOSTS = new Set(['youtube.com', 'www.youtube.com', 'm.youtube.com', 'gaming.youtube.com']);
const SHORT_HOST = 'youtu.be';
/** Pages of one video, whose id is the next part of the path. */
const VIDEO_PAGES = new Set(['live', 'shorts', 'embed', 'v']);

const video = (videoId: string): YoutubeTarget | null => (VIDEO_ID.test(videoId) ? { kind: 'video', videoId } : null);

/** The target of a session's settings; null when they name none, or when `url` is no address of a YouTube page. */
export function youtubeTarget({ url, video_id, channel }: VideoSourceConfig): YoutubeTarget | null {
  if (video_id !== undefined) return video(video_id);
  if (channel !== undefined) return channelTarget(channel);
  return url === undefined ? null : fromUrl(url);
}

/** The page that shows it. Made of checked parts alone. */
export function pageOf(target: YoutubeTarget): string {
  if (target.kind === 'video') return `https://www.youtube.com/watch?v=${target.videoId}`;
  return `https://www.youtube.com${target.path}/live`;
}

function channelTarget(name: string): YoutubeTarget | null {
  if (CHANNEL_ID.test(name)) return { kind: 'channel', path: `/channel/${name}` };
  return HANDLE.test(name) ? { kind: 'channel', path: `/@${name.replace(/^@/, '')}` } : null;
}

function fromUrl(text: string): YoutubeTarget | null {
  const url = URL.parse(text.trim());
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.port) return null;
  const [first = '', second = ''] = url.pathname.split('/').filter((part) => part !== '');
  if (url.hostname === SHORT_HOST) return video(first);
  if (!HOSTS.has(url.hostname)) return null;
  if (first === 'watch') return video(url.searchParams.get('v') ?? '');
  if (VIDEO_PAGES.has(first)) return video(second);
  if (first === 'channel') return CHANNEL_ID.test(second) ? channelTarget(second) : null;
  return first.startsWith('@') ? channelTarget(first) : null;
}
