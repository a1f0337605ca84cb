import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';

import { CAPABILITIES } from '@jiga/contracts';
import type { Capability } from '@jiga/contracts';
import { OpenToSessionTokens, ReadinessService, RequireScope } from '@jiga/platform';
import { HealthBoard, ProviderRegistry, type Provider } from '@jiga/providers';
import { PROFILES, SKILLS } from '@jiga/vision';

import { ApiProblems } from '../http/api-problems.decorator.js';
import {
  GameListDto,
  ProviderListDto,
  SkillListDto,
  type CapabilityDto,
  type HealthDto,
  type ProviderDto,
} from './catalogue.dto.js';

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
    @Inject(HealthBoard) private readonly health: HealthBoard,
    @Inject(ReadinessService) private readonly readiness: ReadinessService,
  ) {}

  @Get('providers')
  @ApiOperation({
    operationId: 'listProviders',
    summary: 'List who can do the work',
    description:
      'What is on, what could be and how to turn it on, with health: as calls met it, and as a probe now and then finds it; asking here asks no provider.',
  })
  @ApiOkResponse({ description: 'The providers.', type: ProviderListDto })
  listProviders(): ProviderListDto {
    const items = this.providers.list().map((provider) => {
      const { id, name, isRemote, models, options = {}, pictureModels = [], possible, hint = null } = provider;
      return {
        id,
        name,
        remote: isRemote,
        models,
        picture_models: pictureModels,
        options: optionsOf(options, models),
        possible: possible ?? CAPABILITIES.filter((capability) => models[capability] !== undefined),
        hint,
        health: this.health.read(provider),
      };
    });
    return { items, capabilities: CAPABILITIES.map((capability) => this.#capability(capability)) };
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

  #capability(id: Capability): CapabilityDto {
    const chain = this.providers.defaultChain(id);
    const choices = this.providers
      .list()
      .filter((provider) => provider.health().state !== 'off')
      .flatMap((provider) => (provider.models[id] ?? []).map((model) => `${provider.id}:${model}`));
    return { id, available: chain.length > 0, default: chain, choices, hints: this.providers.hints(id) };
  }

  async #visionHealth(): Promise<HealthDto> {
    const { vision = 'ok' } = (await this.readiness.read()).checks;
    return vision === 'ok' ? { state: 'ok', detail: null } : { state: 'failed', detail: vision };
  }
}

/** Names of the options of what a provider offers now. */
function optionsOf(rules: NonNullable<Provider['options']>, models: Provider['models']): ProviderDto['options'] {
  const entries = CAPABILITIES.filter((capability) => models[capability] !== undefined && rules[capability]);
  return Object.fromEntries(entries.map((capability) => [capability, Object.keys(rules[capability] ?? {})]));
}
