import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';

import { VOICE_CHAT_DEFAULTS, type VoiceChatConfig } from '@jiga/contracts';
import { CurrentCredential, noteSession, RequireScope } from '@jiga/platform';
import type { Credential } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

import { ApiBodyProblems } from '../http/api-body.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { OfSession } from '../http/api-session.decorator.js';
import { VoiceChatConfigDto } from '../sessions/dto/voice-chat-config.dto.js';

@ApiTags('Settings')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@Controller('api/v1/jiga/sessions/:session_id/voice-settings')
export class VoiceSettingsController {
  constructor(@Inject(SessionsService) private readonly sessions: SessionsService) {}

  @Get()
  @RequireScope('sessions:read')
  @OfSession()
  @ApiOperation({
    operationId: 'getVoiceSettings',
    summary: 'Read how a session listens and speaks',
    description: 'Every setting, also of a session that has ended.',
  })
  @ApiOkResponse({ description: 'The settings.', type: VoiceChatConfigDto })
  async read(@Param('session_id') id: string, @CurrentCredential() credential: Credential): Promise<VoiceChatConfig> {
    noteSession(id);
    return (await this.sessions.get(id, credential)).configuration.voice_chat_config;
  }

  @Put()
  @RequireScope('sessions:configure')
  @OfSession()
  @ApiOperation({
    operationId: 'replaceVoiceSettings',
    summary: 'Change how a session listens and speaks',
    description: 'What is left out takes its default. In effect at once; told as `session.configuration_changed`.',
  })
  @ApiOkResponse({ description: 'The settings as they now are.', type: VoiceChatConfigDto })
  @ApiBodyProblems()
  @ApiProblems('session_closed')
  async replace(
    @Param('session_id') id: string,
    @Body() body: VoiceChatConfigDto,
    @CurrentCredential() credential: Credential,
  ): Promise<VoiceChatConfig> {
    noteSession(id);
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    const voice_chat_config: VoiceChatConfig = { ...VOICE_CHAT_DEFAULTS, ...given };
    const { configuration } = await this.sessions.reconfigure(id, credential, { voice_chat_config });
    return configuration.voice_chat_config;
  }
}
