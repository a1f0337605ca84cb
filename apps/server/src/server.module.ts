import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';

import { FRAME_ANALYZER } from '@jiga/contracts';
import type { FrameAnalyzer } from '@jiga/contracts';
import { PlatformModule, SECURITY_MIGRATIONS, StorageModule, type PlatformOptions } from '@jiga/platform';
import { SESSION_MIGRATIONS } from '@jiga/sessions';
import { TIMELINE_MIGRATIONS } from '@jiga/timeline';
import { VisionModule } from '@jiga/vision';

import { AdminModule } from './admin/admin.module.js';
import { AutoConnectModule } from './auto-connect/auto-connect.module.js';
import { AudioModule } from './audio/audio.module.js';
import { DELIVERY_MIGRATIONS, DELIVERY_MODULES } from './delivery.modules.js';
import { DocsModule } from './docs/docs.module.js';
import { EnrichmentModule } from './enrichment/enrichment.module.js';
import { EventsModule } from './events/events.module.js';
import { FramesModule } from './frames/frames.module.js';
import { HealthModule } from './health/health.module.js';
import { SessionsHttpModule } from './sessions/sessions-http.module.js';
import { SourcesModule } from './sources/sources.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { VideoModule } from './video/video.module.js';

/** The composition root: which modules make a server. */
@Module({})
export class ServerModule {
  static register(platform: PlatformOptions, analyzer?: FrameAnalyzer): DynamicModule {
    return {
      module: ServerModule,
      global: true,
      imports: [
        PlatformModule.register(platform),
        StorageModule.register([
          ...SESSION_MIGRATIONS,
          ...TIMELINE_MIGRATIONS,
          ...SECURITY_MIGRATIONS,
          ...DELIVERY_MIGRATIONS,
        ]),
        AdminModule,
        AudioModule,
        AutoConnectModule,
        DocsModule,
        EventsModule,
        FramesModule,
        HealthModule,
        SessionsHttpModule,
        SourcesModule,
        TokensModule,
        VideoModule,
        ...DELIVERY_MODULES,
        ...(analyzer ? [] : [EnrichmentModule, VisionModule]),
      ],
      // Tests bring vision of their own; it must then be found by every module, as the real one is.
      providers: analyzer ? [{ provide: FRAME_ANALYZER, useValue: analyzer }] : [],
      exports: analyzer ? [FRAME_ANALYZER] : [],
    };
  }
}
