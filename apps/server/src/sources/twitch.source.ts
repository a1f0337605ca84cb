import { VideoInputSource } from '@jiga/contracts';
import type { SessionConfiguration } from '@jiga/contracts';
import type { JigaConfig } from '@jiga/platform';
import type { StreamHandlers, StreamIngest } from '@jiga/streams';
import { TwitchResolver, twitchService, TwitchStreamManager, type TwitchService } from '@jiga/twitch';

import { pictureOf, wishOf, type IngestedSource } from './ingested-source.js';
import type { StreamWorldService } from './stream-world.service.js';

/** Twitch channels. */
export class TwitchSource implements IngestedSource {
  readonly source = VideoInputSource.TWITCH;
  readonly #twitch: TwitchService;

  constructor(
    private readonly streams: StreamWorldService,
    config: JigaConfig,
  ) {
    this.#twitch = twitchService(config, streams.clock, streams.http);
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
    const resolverFor = (wish: { login: string; quality: string; height: number }): TwitchResolver =>
      new TwitchResolver(this.#twitch, wish);
    return new TwitchStreamManager(parameters, handlers, { ...world, connection, resolverFor });
  }
}
