import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';

import { CurrentCredential, noteSession, RequireScope } from '@jiga/platform';
import type { Credential } from '@jiga/platform';

import { ApiBodyProblems } from '../http/api-body.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { OfSession } from '../http/api-session.decorator.js';
import { CreatesOnce } from '../http/creates-once.decorator.js';
import { decodeCursor, encodeCursor } from '../sessions/cursor.js';
import { PageQuery } from '../sessions/dto/list-sessions.query.js';
import { SendTeamMessageDto, SentTeamMessageDto, TeamMessageListDto } from './team-messages.dto.js';
import { TeamMessages } from './team-messages.service.js';

const DEFAULT_PAGE = 50;

@ApiTags('Team messages')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@Controller('api/v1/jiga/sessions/:session_id/team-messages')
export class TeamMessagesController {
  constructor(@Inject(TeamMessages) private readonly messages: TeamMessages) {}

  @Post()
  @RequireScope('sessions:configure')
  @CreatesOnce()
  @ApiBodyProblems()
  @OfSession()
  @ApiOperation({
    operationId: 'sendTeamMessage',
    summary: 'Say something to the team',
    description: 'Reaches every live session with the same `team_id` and owner, as `team_message` on its event stream.',
  })
  @ApiCreatedResponse({ description: 'It is sent.', type: SentTeamMessageDto })
  @ApiProblems('session_closed', 'no_team')
  async send(
    @Param('session_id') id: string,
    @Body() { text, priority = 'info' }: SendTeamMessageDto,
    @CurrentCredential() credential: Credential,
  ): Promise<SentTeamMessageDto> {
    noteSession(id);
    const { message, reached } = await this.messages.send(id, credential, text, priority);
    return { ...message, reached };
  }

  @Get()
  @RequireScope('sessions:read')
  @OfSession()
  @ApiOperation({
    operationId: 'listTeamMessages',
    summary: 'Read what the team has said',
    description: 'Newest first, page by page; also what was said before this session began.',
  })
  @ApiOkResponse({ description: 'One page.', type: TeamMessageListDto })
  @ApiProblems('validation_failed', 'no_team')
  async history(
    @Param('session_id') id: string,
    @Query() { limit = DEFAULT_PAGE, cursor }: PageQuery,
    @CurrentCredential() credential: Credential,
  ): Promise<TeamMessageListDto> {
    noteSession(id);
    const before = cursor === undefined ? undefined : decodeCursor(cursor);
    const found = await this.messages.history(id, credential, limit + 1, before);
    const last = found.length > limit ? found[limit - 1] : undefined;
    const next = last && encodeCursor({ createdAt: last.created_at, id: last.message_id });
    return { items: found.slice(0, limit), next_cursor: next ?? null };
  }
}
