import { unixSeconds } from '@jiga/contracts';
import {
  askStreamlink,
  chooseVariant,
  type HostList,
  type ResolvedHls,
  type Rung,
  type StreamlinkProgram,
  type StreamlinkStream,
  type StreamResolver,
} from '@jiga/streams';

import { TWITCH_ADS } from './twitch-ads.js';
import { PLAYLIST_LIFE_S, TWITCH_HOSTS, type TwitchWish } from './twitch-resolver.js';

export interface StreamlinkOptions extends StreamlinkProgram {
  readonly allowedHosts: readonly string[];
}

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
    const askedAt = unixSeconds(this.options.clock);
    const { streams } = await askStreamlink(this.options, `https://www.twitch.tv/${this.wish.login}`, signal);
    const found = new Map(streams.map((stream) => [rungOf(stream), stream.headers]));
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
}

function rungOf({ name, url }: StreamlinkStream): Rung {
  const [, height, fps] = /^(\d{3,4})p(\d{2,3})?/.exec(name) ?? [];
  return {
    uri: url,
    name,
    groupId: null,
    width: null,
    height: height === undefined ? null : Number(height),
    fps: fps === undefined ? null : Number(fps),
    bitsPerSecond: null,
    codecs: null,
    soundGroupId: null,
    isSource: name === 'source',
  };
}
