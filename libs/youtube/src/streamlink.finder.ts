import { askStreamlink, StreamError, type StreamlinkProgram } from '@jiga/streams';

import { expiryOf, type YoutubeBroadcast, type YoutubeFinder } from './youtube-finder.port.js';
import { pageOf, type YoutubeTarget } from './youtube-target.js';

/** Finds broadcasts with the operator's streamlink, which knows live ones alone and does not say why it finds none. */
export class StreamlinkFinder implements YoutubeFinder {
  readonly name = 'streamlink';

  constructor(private readonly program: StreamlinkProgram) {}

  async find(target: YoutubeTarget, signal: AbortSignal): Promise<YoutubeBroadcast> {
    const { streams, broadcastId } = await askStreamlink(this.program, pageOf(target), signal);
    const stream = streams.find(({ masterUrl }) => masterUrl !== null) ?? streams[0];
    if (!stream) throw new StreamError('upstream');
    const masterUrl = stream.masterUrl ?? stream.url;
    const videoId = broadcastId ?? (target.kind === 'video' ? target.videoId : null);
    return { videoId, isLive: true, masterUrl, headers: stream.headers, expiresAt: expiryOf(masterUrl) };
  }
}
