import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { AppError, CLOCK, SessionState } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { CONFIG, CurrentCredential, noteSession, RequireScope } from '@jiga/platform';
import type { Credential, JigaConfig } from '@jiga/platform';
import { ProviderRegistry } from '@jiga/providers';
import { SessionsService, type SessionFilter, type SessionRecord } from '@jiga/sessions';

import { ApiProblems } from '../http/api-problems.decorator.js';
import { CreatesOnce } from '../http/creates-once.decorator.js';
import { originOf } from '../http/request-origin.js';
import { refuseBadChains } from './capability-checks.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { CREATE_EXAMPLES } from './dto/create-session.examples.js';
import { CreateSessionDto } from './dto/create-session.dto.js';
import { ListSessionsQuery, PageQuery } from './dto/list-sessions.query.js';
import { EXAMPLE_SESSION_ID, SessionDto, SessionListDto } from './dto/session.dto.js';
import {
  FailureListDto,
  LatencyDto,
  ProviderFiguresDto,
  SessionMetricsDto,
  SessionStatusDto,
} from './dto/session-state.dto.js';
import { presentFailure, presentSession, presentStatus } from './session.presenter.js';

const DEFAULT_PAGE = 50;

const ApiSessionId = (): MethodDecorator =>
  ApiParam({ name: 'session_id', description: 'From the answer to its creation.', example: EXAMPLE_SESSION_ID });

const KEEPS_CONFIGURATION =
  'A session keeps its configuration. What may change has a route of its own below it: PUT skills, model-provider or voice-settings.';

@ApiTags('Sessions')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiExtraModels(LatencyDto, ProviderFiguresDto)
@ApiProblems('unauthenticated', 'rate_limited')
@Controller('api/v1/jiga/sessions')
export class SessionsController {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(CONFIG) private readonly config: JigaConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ProviderRegistry) private readonly providers: ProviderRegistry,
  ) {}

  @Post()
  @RequireScope('sessions:create')
  @CreatesOnce()
  @ApiOperation({
    operationId: 'createSession',
    summary: 'Create a session',
    description:
      'The way in. The answer holds every effective setting and the address of everything that the session has.',
  })
  @ApiBody({ type: CreateSessionDto, examples: CREATE_EXAMPLES })
  @ApiCreatedResponse({
    description: 'The session is made.',
    type: SessionDto,
    headers: { Location: { description: 'Address of the session.', schema: { type: 'string', format: 'uri' } } },
  })
  @ApiProblems(
    'malformed_json',
    'forbidden',
    'body_too_large',
    'unsupported_media_type',
    'validation_failed',
    'session_limit',
    'rate_limited',
    'capability_unavailable',
    'draining',
  )
  async create(
    @Body() body: CreateSessionDto,
    @CurrentCredential() credential: Credential,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionDto> {
    refuseBadChains(this.providers, body.model_provider, '/model_provider');
    const record = await this.sessions.create(body, credential);
    noteSession(record.id);
    const session = this.#present(record, request);
    void reply.header('location', session.endpoints.self);
    return session;
  }

  @Get()
  @RequireScope('sessions:read')
  @ApiOperation({ operationId: 'listSessions', summary: 'List sessions', description: 'Newest first, page by page.' })
  @ApiOkResponse({ description: 'One page.', type: SessionListDto })
  @ApiProblems('forbidden', 'validation_failed')
  async list(
    @Query() query: ListSessionsQuery,
    @CurrentCredential() credential: Credential,
    @Req() request: FastifyRequest,
  ): Promise<SessionListDto> {
    const { records, next } = await this.#page(filterOf(query), query, credential);
    return { items: records.map((record) => this.#present(record, request)), next_cursor: next && encodeCursor(next) };
  }

  @Get('failed')
  @RequireScope('sessions:read')
  @ApiOperation({
    operationId: 'listFailedSessions',
    summary: 'List failed sessions',
    description: 'With the reason of each, newest first.',
  })
  @ApiOkResponse({ description: 'One page.', type: FailureListDto })
  @ApiProblems('forbidden', 'validation_failed')
  async failed(@Query() query: PageQuery, @CurrentCredential() credential: Credential): Promise<FailureListDto> {
    const { records, next } = await this.#page({ state: SessionState.ERROR }, query, credential);
    return {
      items: records.map((record) => presentFailure(record, this.sessions.metricsOf(record))),
      next_cursor: next && encodeCursor(next),
    };
  }

  @Get(':session_id')
  @RequireScope('sessions:read')
  @ApiSessionId()
  @ApiOperation({ operationId: 'getSession', summary: 'Read a session', description: 'Also one that has ended.' })
  @ApiOkResponse({ description: 'The session.', type: SessionDto })
  @ApiProblems('forbidden', 'session_not_found')
  async read(
    @Param('session_id') id: string,
    @CurrentCredential() credential: Credential,
    @Req() request: FastifyRequest,
  ): Promise<SessionDto> {
    noteSession(id);
    return this.#present(await this.sessions.get(id, credential), request);
  }

  @Delete(':session_id')
  @HttpCode(200)
  @RequireScope('sessions:configure')
  @ApiSessionId()
  @ApiOperation({
    operationId: 'closeSession',
    summary: 'Close a session',
    description:
      'Ends its sockets (1000) and its analysis and keeps its last figures. Repeated, it answers the same again.',
  })
  @ApiOkResponse({ description: 'The session as it ended.', type: SessionDto })
  @ApiProblems('forbidden', 'session_not_found')
  async close(
    @Param('session_id') id: string,
    @CurrentCredential() credential: Credential,
    @Req() request: FastifyRequest,
  ): Promise<SessionDto> {
    noteSession(id);
    return this.#present(await this.sessions.close(id, credential), request);
  }

  @Patch(':session_id')
  @RequireScope('sessions:configure')
  @ApiSessionId()
  @ApiOperation({
    operationId: 'changeSession',
    summary: 'Refused: a session keeps its configuration',
    description: KEEPS_CONFIGURATION,
  })
  @ApiProblems('forbidden', 'session_not_found', 'immutable_configuration')
  async change(@Param('session_id') id: string, @CurrentCredential() credential: Credential): Promise<never> {
    noteSession(id);
    await this.sessions.get(id, credential);
    throw new AppError('immutable_configuration', KEEPS_CONFIGURATION);
  }

  @Put(':session_id')
  @RequireScope('sessions:configure')
  @ApiSessionId()
  @ApiOperation({
    operationId: 'replaceSession',
    summary: 'Refused: a session keeps its configuration',
    description: KEEPS_CONFIGURATION,
  })
  @ApiProblems('forbidden', 'session_not_found', 'immutable_configuration')
  replace(@Param('session_id') id: string, @CurrentCredential() credential: Credential): Promise<never> {
    return this.change(id, credential);
  }

  @Get(':session_id/status')
  @RequireScope('sessions:read')
  @ApiSessionId()
  @ApiOperation({
    operationId: 'getSessionStatus',
    summary: 'Read the state and health of a session',
    description: 'Part by part, with every change of state so far.',
  })
  @ApiOkResponse({ description: 'State and health.', type: SessionStatusDto })
  @ApiProblems('forbidden', 'session_not_found')
  async status(
    @Param('session_id') id: string,
    @CurrentCredential() credential: Credential,
  ): Promise<SessionStatusDto> {
    noteSession(id);
    const record = await this.sessions.get(id, credential);
    const transitions = await this.sessions.transitions(id, credential);
    return presentStatus(record, this.sessions.metricsOf(record), transitions, this.clock);
  }

  @Get(':session_id/metrics')
  @RequireScope('sessions:read')
  @ApiSessionId()
  @ApiOperation({
    operationId: 'getSessionMetrics',
    summary: 'Read the figures of a session',
    description:
      'Counts, drops by reason, latencies by stage, calls to providers with tokens and cost; the last ones after it ' +
      'has ended, and those that were kept last when the server died with it.',
  })
  @ApiOkResponse({ description: 'Figures.', type: SessionMetricsDto })
  @ApiProblems('forbidden', 'session_not_found')
  async metrics(
    @Param('session_id') id: string,
    @CurrentCredential() credential: Credential,
  ): Promise<SessionMetricsDto> {
    noteSession(id);
    const record = await this.sessions.get(id, credential);
    return { session_id: id, ...this.sessions.metricsOf(record) };
  }

  #present(record: SessionRecord, request: FastifyRequest): SessionDto {
    return presentSession(record, originOf(request, this.config), this.sessions.peek(record.id));
  }

  #page(filter: Omit<SessionFilter, 'owner'>, { limit, cursor }: PageQuery, credential: Credential) {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    return this.sessions.list(filter, credential, limit ?? DEFAULT_PAGE, after);
  }
}

const filterOf = ({
  state,
  user_id,
  video_input_source,
  team_id,
}: ListSessionsQuery): Omit<SessionFilter, 'owner'> => ({
  ...(state === undefined ? {} : { state }),
  ...(user_id === undefined ? {} : { userId: user_id }),
  ...(video_input_source === undefined ? {} : { videoInputSource: video_input_source }),
  ...(team_id === undefined ? {} : { teamId: team_id }),
});
