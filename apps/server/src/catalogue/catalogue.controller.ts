import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';

import { CAPABILITIES } from '@jiga/contracts';
import { OpenToSessionTokens, ReadinessService, RequireScope } from '@jiga/platform';
import { ProviderRegistry } from '@jiga/providers';
import { PROFILES, SKILLS } from '@jiga/vision';

import { ApiProblems } from '../http/api-problems.decorator.js';
import { GameListDto, ProviderListDto, SkillListDto, type HealthDto } from './catalogue.dto.js';

@ApiTags('Catalogue')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@RequireScope('sessions:read')
@OpenToSessionTokens()
@Controller('api/v1/jiga')
export class CatalogueController {
  constructor(
    @Inject(ProviderRegistry) private readonly providers: ProviderRegistry,
    @Inject(ReadinessService) private readonly readiness: ReadinessService,
  ) {}

  @Get('providers')
  @ApiOperation({
    operationId: 'listProviders',
    summary: 'List who can do the work',
    description: 'What is on, what could be and how to turn it on, with health.',
  })
  @ApiOkResponse({ description: 'The providers.', type: ProviderListDto })
  listProviders(): ProviderListDto {
    const items = this.providers.list().map(({ id, name, isRemote, models, ...provider }) => ({
      id,
      name,
      remote: isRemote,
      models,
      health: provider.health(),
    }));
    const capabilities = CAPABILITIES.map((id) => {
      const chain = this.providers.defaultChain(id);
      return { id, available: chain.length > 0, default: chain };
    });
    return { items, capabilities };
  }

  @Get('games')
  @ApiOperation({
    operationId: 'listGames',
    summary: 'List the games that are known',
    description: 'Those with a profile, and what is read of each.',
  })
  @ApiOkResponse({ description: 'The games.', type: GameListDto })
  async listGames(): Promise<GameListDto> {
    const health = await this.#visionHealth();
    const items = PROFILES.map(({ id, name, regions }) => ({
      id,
      name,
      fields: [...new Set(regions.flatMap((region) => (region.field === undefined ? [] : [region.field])))],
      health,
    }));
    return { items };
  }

  @Get('skills')
  @ApiOperation({
    operationId: 'listSkills',
    summary: 'List the analysis skills',
    description: 'What a session can have its frames analysed for, and what can be set of each.',
  })
  @ApiOkResponse({ description: 'The skills.', type: SkillListDto })
  listSkills(): SkillListDto {
    return { items: SKILLS.map((skill) => ({ ...skill, default: true, available: true })) };
  }

  async #visionHealth(): Promise<HealthDto> {
    const { vision = 'ok' } = (await this.readiness.read()).checks;
    return vision === 'ok' ? { state: 'ok', detail: null } : { state: 'failed', detail: vision };
  }
}
