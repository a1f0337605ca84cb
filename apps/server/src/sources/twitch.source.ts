import { VideoInputSource } from '@jiga/contracts';
import type { SessionConfiguration } from '@jiga/contracts';
import type { JigaConfig } from '@jiga/platform';
import type { StreamHandlers, StreamIngest, StreamResolver } from '@jiga/streams';
import {
  ResolverChain,
  StreamlinkResolver,
  TwitchResolver,
  twitchService,
  TwitchStreamManager,
  type TwitchService,
  type TwitchWish,
} from '@jiga/twitch';

import { pictureOf, wishOf, type IngestedSource } from './ingested-source.js';
import type { StreamFigures } from './stream-figures.js';
import type { StreamWorldService } from './stream-world.service.js';

/** Twitch channels. */
export class TwitchSource implements IngestedSource {
  readonly source = VideoInputSource.TWITCH;
  readonly #twitch: TwitchService;

  constructor(
    private readonly streams: StreamWorldService,
    private readonly config: JigaConfig,
    figures: Pick<StreamFigures, 'twitchQueryRefused'>,
  ) {
    const onRefused: TwitchService['onRefused'] = (query) => figures.twitchQueryRefused(query);
    this.#twitch = { ...twitchService(config, streams.clock, streams.http), onRefused };
  }

  obstacle(): null {
    return null;
  }

  open(configuration: SessionConfiguration, handlers: StreamHandlers): StreamIngest {
    const { fps, width, height, jpegQuality, batchProcessing } = pictureOf(configuration);
    const { connection, world } = this.streams;
    const parameters = {
      channelName: configuration.video_source_config?.channel_name ?? '',
      quality: wishOf(configuration).quality,
      fps,
      reconnectDelay: connection.reconnectDelayMs / 1000,
      highSpeedMode: configuration.high_speed_vision,
      targetResolution: [width, height] as const,
      jpegQuality,
      batchProcessing,
    };
    const resolverFor = (wish: TwitchWish): StreamResolver => this.#resolverFor(wish);
    return new TwitchStreamManager(parameters, handlers, { ...world, connection, resolverFor });
  }

  /** The server itself first, then the operator's program, where there is one. */
  #resolverFor(wish: TwitchWish): StreamResolver {
    const own = new TwitchResolver(this.#twitch, wish);
    const path = this.config.twitch.streamlinkPath;
    if (path === null) return own;
    const { clock, allowedHosts } = this.#twitch;
    return new ResolverChain('twitch', [own, new StreamlinkResolver({ path, clock, allowedHosts }, wish)]);
  }
}
