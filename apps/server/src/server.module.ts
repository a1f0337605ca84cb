import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';

import { AppError, FRAME_ANALYZER } from '@jiga/contracts';
import type { FrameAnalyzer } from '@jiga/contracts';
import { PlatformModule, SECURITY_MIGRATIONS, StorageModule, type PlatformOptions } from '@jiga/platform';
import { SESSION_MIGRATIONS } from '@jiga/sessions';

import { AdminModule } from './admin/admin.module.js';
import { DocsModule } from './docs/docs.module.js';
import { HealthModule } from './health/health.module.js';
import { SessionsHttpModule } from './sessions/sessions-http.module.js';
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
        StorageModule.register([...SESSION_MIGRATIONS, ...SECURITY_MIGRATIONS]),
        AdminModule,
        DocsModule,
        HealthModule,
        SessionsHttpModule,
        TokensModule,
        VideoModule,
      ],
      providers: [{ provide: FRAME_ANALYZER, useValue: analyzer ?? NO_VISION }],
      exports: [FRAME_ANALYZER],
    };
  }
}

/** A server without vision says so at the creation of a session. */
const NO_VISION: FrameAnalyzer = {
  open: () => {
    throw new AppError('capability_unavailable', 'This server has no vision.');
  },
};
