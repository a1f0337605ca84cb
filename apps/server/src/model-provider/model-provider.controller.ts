import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';

import { CAPABILITIES } from '@jiga/contracts';
import type { Capability, ModelChoice, ModelProviderSelection } from '@jiga/contracts';
import { CurrentCredential, noteSession, RequireScope } from '@jiga/platform';
import type { Credential } from '@jiga/platform';
import { ProviderRegistry } from '@jiga/providers';
import { SessionsService, type SessionRecord } from '@jiga/sessions';

import { ApiBodyProblems } from '../http/api-body.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { OfSession } from '../http/api-session.decorator.js';
import { refuseBadChains } from '../sessions/capability-checks.js';
import { ModelProviderDto, SessionModelProviderDto } from './model-provider.dto.js';

@ApiTags('Settings')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@Controller('api/v1/jiga/sessions/:session_id/model-provider')
export class ModelProviderController {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(ProviderRegistry) private readonly providers: ProviderRegistry,
  ) {}

  @Get()
  @RequireScope('sessions:read')
  @OfSession()
  @ApiOperation({
    operationId: 'getModelProvider',
    summary: 'Read which models a session asks',
    description: 'Per capability, also of a session that has ended.',
  })
  @ApiOkResponse({ description: 'The fallback chains.', type: SessionModelProviderDto })
  async read(
    @Param('session_id') id: string,
    @CurrentCredential() credential: Credential,
  ): Promise<SessionModelProviderDto> {
    noteSession(id);
    return this.#present(await this.sessions.get(id, credential));
  }

  @Put()
  @RequireScope('sessions:configure')
  @OfSession()
  @ApiOperation({
    operationId: 'replaceModelProvider',
    summary: 'Choose the models that a session asks',
    description: 'In effect for the next call; told as `session.configuration_changed`.',
  })
  @ApiOkResponse({ description: 'The fallback chains as they now are.', type: SessionModelProviderDto })
  @ApiBodyProblems()
  @ApiProblems('session_closed')
  async replace(
    @Param('session_id') id: string,
    @Body() body: ModelProviderDto,
    @CurrentCredential() credential: Credential,
  ): Promise<SessionModelProviderDto> {
    noteSession(id);
    const chosen = Object.fromEntries(
      Object.entries(body).filter(([, chain]) => chain !== undefined && chain !== null),
    ) as ModelProviderSelection;
    refuseBadChains(this.providers, chosen, '');
    const model_provider = Object.keys(chosen).length > 0 ? chosen : null;
    return this.#present(await this.sessions.reconfigure(id, credential, { model_provider }));
  }

  #present({ id, configuration }: SessionRecord): SessionModelProviderDto {
    const chosen = (capability: Capability): readonly ModelChoice[] | null =>
      configuration.model_provider?.[capability] ?? null;
    const effective = Object.fromEntries(
      CAPABILITIES.map((capability) => [capability, chosen(capability) ?? this.providers.defaultChain(capability)]),
    ) as SessionModelProviderDto['effective'];
    const chains = Object.fromEntries(CAPABILITIES.map((capability) => [capability, chosen(capability)]));
    return { session_id: id, ...chains, effective };
  }
}
