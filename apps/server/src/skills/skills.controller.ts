import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';

import { CurrentCredential, noteSession, RequireScope } from '@jiga/platform';
import type { Credential } from '@jiga/platform';
import { SessionsService, skillIdsOf, type SessionRecord } from '@jiga/sessions';
import { SKILLS } from '@jiga/vision';

import { ApiBodyProblems } from '../http/api-body.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { OfSession } from '../http/api-session.decorator.js';
import { ReplaceSkillsDto, SessionSkillsDto } from './skills.dto.js';

@ApiTags('Settings')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@Controller('api/v1/jiga/sessions/:session_id/skills')
export class SkillsController {
  constructor(@Inject(SessionsService) private readonly sessions: SessionsService) {}

  @Get()
  @RequireScope('sessions:read')
  @OfSession()
  @ApiOperation({
    operationId: 'getSkills',
    summary: 'Read which analysis skills a session has',
    description: 'Also of one that has ended.',
  })
  @ApiOkResponse({ description: 'The skills.', type: SessionSkillsDto })
  async read(@Param('session_id') id: string, @CurrentCredential() credential: Credential): Promise<SessionSkillsDto> {
    noteSession(id);
    return present(await this.sessions.get(id, credential));
  }

  @Put()
  @RequireScope('sessions:configure')
  @OfSession()
  @ApiOperation({
    operationId: 'replaceSkills',
    summary: 'Choose the analysis skills of a session',
    description: 'In effect from the next frame on; told as `session.configuration_changed`.',
  })
  @ApiOkResponse({ description: 'The skills as they now are.', type: SessionSkillsDto })
  @ApiBodyProblems()
  @ApiProblems('session_closed')
  async replace(
    @Param('session_id') id: string,
    @Body() { skills }: ReplaceSkillsDto,
    @CurrentCredential() credential: Credential,
  ): Promise<SessionSkillsDto> {
    noteSession(id);
    return present(await this.sessions.reconfigure(id, credential, { skills }));
  }
}

const present = ({ id, configuration }: SessionRecord): SessionSkillsDto => ({
  session_id: id,
  skills: configuration.skills,
  effective: skillIdsOf(configuration) ?? SKILLS.map((skill) => skill.id),
});
