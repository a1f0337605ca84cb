import { Inject, Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';

import { AUDIO_ENGINES } from '@jiga/audio';
import type { AudioEngines } from '@jiga/audio';
import { GAME_KNOWLEDGE } from '@jiga/contracts';
import { ProviderRegistry } from '@jiga/providers';
import { SessionsModule } from '@jiga/sessions';
import { GAME_KNOWLEDGE_TABLE } from '@jiga/vision';

import { SocketsModule } from '../sockets/sockets.module.js';
import { TeamMessagesModule } from '../team-messages/team-messages.module.js';
import { VideoModule } from '../video/video.module.js';
import { AUDIO_ENGINES_PROVIDER } from './audio-engines.provider.js';
import { AudioGateway } from './audio.gateway.js';
import { AudioProcessController } from './audio-process.controller.js';
import { AudioProcessing } from './audio-process.service.js';
import { AudioSockets } from './audio-sockets.service.js';
import { embeddedProviders } from './embedded-providers.js';
import { SessionModels } from './session-models.js';
import { SessionVoices } from './session-voices.service.js';

/** The voice of the sessions: its socket, its routes, and the engines behind them. */
@Module({
  imports: [SessionsModule, SocketsModule, TeamMessagesModule, VideoModule],
  controllers: [AudioProcessController],
  providers: [
    AudioGateway,
    AudioProcessing,
    AudioSockets,
    SessionModels,
    SessionVoices,
    AUDIO_ENGINES_PROVIDER,
    { provide: GAME_KNOWLEDGE, useValue: GAME_KNOWLEDGE_TABLE },
  ],
})
export class AudioModule implements OnModuleInit {
  constructor(
    @Inject(AUDIO_ENGINES) private readonly engines: AudioEngines,
    @Inject(ProviderRegistry) private readonly registry: ProviderRegistry,
  ) {}

  /** What this machine can do by itself is there to choose, beside what services can. */
  onModuleInit(): void {
    for (const provider of embeddedProviders(this.engines)) this.registry.add(provider);
  }
}
