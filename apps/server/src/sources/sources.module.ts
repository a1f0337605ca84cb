import { Inject, Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';

import { CONFIG } from '@jiga/platform';
import type { JigaConfig } from '@jiga/platform';
import { SessionsModule, SourceStarters } from '@jiga/sessions';

import { AutoConnectModule } from '../auto-connect/auto-connect.module.js';
import { VideoModule } from '../video/video.module.js';
import { bundledSamples } from './samples.js';
import { StartGate } from './start-gate.js';
import { StreamStarter } from './stream.starter.js';
import { StreamFigures } from './stream-figures.js';
import { StreamSinks } from './stream-sinks.service.js';
import { StreamWorldService } from './stream-world.service.js';
import { TwitchSource } from './twitch.source.js';
import { UrlSource } from './url.source.js';
import { YoutubeSource } from './youtube.source.js';

/** The streams that this server fetches itself: here it is decided which there are. */
@Module({
  imports: [SessionsModule, AutoConnectModule, VideoModule],
  providers: [StreamFigures, StreamSinks, StreamWorldService],
})
export class SourcesModule implements OnModuleInit {
  constructor(
    @Inject(SourceStarters) private readonly starters: SourceStarters,
    @Inject(StreamWorldService) private readonly streams: StreamWorldService,
    @Inject(StreamSinks) private readonly sinks: StreamSinks,
    @Inject(StreamFigures) private readonly figures: StreamFigures,
    @Inject(CONFIG) private readonly config: JigaConfig,
  ) {}

  onModuleInit(): void {
    const { streams, sinks, config } = this;
    const { allowedHosts, filesDirectory } = config.streams;
    const rules = { allowedHosts, filesDirectory, samples: bundledSamples() };
    const gate = new StartGate(streams.clock);
    const sources = [
      new TwitchSource(streams, config, this.figures),
      new YoutubeSource(streams, config),
      new UrlSource(streams, rules),
    ];
    for (const source of sources) {
      this.starters.add(new StreamStarter(source, { streams, gate, sinkOf: (session) => sinks.of(session) }));
    }
  }
}
