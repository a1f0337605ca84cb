export { INNERTUBE_CLIENTS, InnertubeFinder, type InnertubeClient } from './innertube.finder.js';
export type { YoutubeBroadcast, YoutubeFinder } from './youtube-finder.port.js';
export { pageOf, youtubeTarget, type YoutubeTarget } from './youtube-target.js';
export { StreamlinkFinder } from './streamlink.finder.js';
export { YoutubeResolver, type YoutubeResolverDeps } from './youtube.resolver.js';
export { YtDlpFinder } from './ytdlp.finder.js';
