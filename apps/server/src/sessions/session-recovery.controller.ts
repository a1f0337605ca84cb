import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { AppError } from '@jiga/contracts';
import { CONFIG, CurrentCredential, noteSession, RequireScope } from '@jiga/platform';
import type { Credential, JigaConfig } from '@jiga/platform';
import { SessionsService, type SessionRecord } from '@jiga/sessions';

import { ApiProblems } from '../http/api-problems.decorator.js';
import { CreatesOnce } from '../http/creates-once.decorator.js';
import { originOf } from '../http/request-origin.js';
import { EXAMPLE_SESSION_ID, SessionDto } from './dto/session.dto.js';
import { SessionFailureDto } from './dto/session-state.dto.js';
import { presentFailure, presentSession } from './session.presenter.js';

@ApiTags('Sessions')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiParam({ name: 'session_id', description: 'From the answer to its creation.', example: EXAMPLE_SESSION_ID })
@ApiProblems('unauthenticated', 'forbidden', 'session_not_found', 'rate_limited')
@Controller('api/v1/jiga/sessions/:session_id')
export class SessionRecoveryController {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(CONFIG) private readonly config: JigaConfig,
  ) {}

  @Get('failure')
  @RequireScope('sessions:read')
  @ApiOperation({
    operationId: 'getSessionFailure',
    summary: 'Read why a session failed',
    description: 'Only of a session in state `error`; any other is answered `session_not_failed`.',
  })
  @ApiOkResponse({ description: 'Why it failed.', type: SessionFailureDto })
  @ApiProblems('session_not_failed')
  async failure(
    @Param('session_id') id: string,
    @CurrentCredential() credential: Credential,
  ): Promise<SessionFailureDto> {
    noteSession(id);
    const record = await this.sessions.get(id, credential);
    if (!record.failure) throw new AppError('session_not_failed', `The session is ${record.state}.`);
    return presentFailure(record, this.sessions.metricsOf(record));
  }

  @Post('recreate')
  @RequireScope('sessions:create')
  @CreatesOnce()
  @ApiOperation({
    operationId: 'recreateSession',
    summary: 'Create a session with the configuration of another',
    description:
      'For a session that failed or ended. The new one names it in `recreated_from`; the old one stays as it is.',
  })
  @ApiCreatedResponse({
    description: 'The new session.',
    type: SessionDto,
    headers: { Location: { description: 'Address of the session.', schema: { type: 'string', format: 'uri' } } },
  })
  @ApiProblems('session_limit', 'rate_limited', 'capability_unavailable', 'draining')
  async recreate(
    @Param('session_id') id: string,
    @CurrentCredential() credential: Credential,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionDto> {
    noteSession(id);
    const session = this.#present(await this.sessions.recreate(id, credential), request);
    void reply.header('location', session.endpoints.self);
    return session;
  }

  #present(record: SessionRecord, request: FastifyRequest): SessionDto {
    return presentSession(record, originOf(request, this.config), this.sessions.peek(record.id));
  }
}
