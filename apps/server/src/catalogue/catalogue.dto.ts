import { ApiProperty } from '@nestjs/swagger';

import { CAPABILITIES, type Capability } from '@jiga/contracts';

import { SkillDto, SkillListDto } from '../skills/skills.dto.js';

export { SkillDto, SkillListDto };

const HEALTH_STATES = ['ok', 'degraded', 'failed', 'off'] as const;

export class HealthDto {
  @ApiProperty({
    description: '`off`: this server does not have it; `detail` says how to turn it on.',
    enum: HEALTH_STATES,
    example: 'ok',
  })
  state!: (typeof HEALTH_STATES)[number];

  @ApiProperty({ description: 'For a reader.', type: 'string', nullable: true, example: null })
  detail!: string | null;
}

export class ProviderDto {
  @ApiProperty({ description: 'As in `provider:model`.', example: 'local' }) id!: string;
  @ApiProperty({ description: 'For a reader.', example: 'This server' }) name!: string;
  @ApiProperty({ description: 'Whether its work leaves this machine.', example: false }) remote!: boolean;

  @ApiProperty({
    description: 'Models by capability, the default first.',
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'string' } },
    example: { vision: ['default'] },
  })
  models!: Readonly<Partial<Record<Capability, readonly string[]>>>;

  @ApiProperty({
    description: 'Those of its `reply` models that take a picture with a question.',
    type: [String],
    example: [],
  })
  picture_models!: readonly string[];

  @ApiProperty({
    description: 'Names of the options that a session may give with a model, by capability.',
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'string' } },
    example: { vision: ['temperature', 'top_p'] },
  })
  options!: Readonly<Partial<Record<Capability, readonly string[]>>>;

  @ApiProperty({
    description: 'What it could do here, also while it is off.',
    enum: CAPABILITIES,
    isArray: true,
    example: ['vision', 'reply'],
  })
  possible!: readonly Capability[];

  @ApiProperty({
    description: 'How the operator turns on more of it; null = there is nothing to turn on.',
    type: 'string',
    nullable: true,
    example: 'For Anthropic, set JIGA_ANTHROPIC_API_KEY and name its models.',
  })
  hint!: string | null;

  @ApiProperty({ description: 'As of now.', type: HealthDto }) health!: HealthDto;
}

export class CapabilityDto {
  @ApiProperty({ description: 'What is done.', enum: CAPABILITIES, example: 'vision' }) id!: Capability;
  @ApiProperty({ description: 'Whether this server has it.', example: true }) available!: boolean;

  @ApiProperty({
    description: 'Who does it when a session does not choose.',
    type: [String],
    example: ['local:default'],
  })
  default!: readonly string[];

  @ApiProperty({
    description: 'Every model that a session may choose now.',
    type: [String],
    example: ['local:default', 'openai:gpt-5-mini'],
  })
  choices!: readonly string[];

  @ApiProperty({
    description: 'How the operator turns on more or better.',
    type: [String],
    example: ['For OpenAI, set JIGA_OPENAI_API_KEY and name its models.'],
  })
  hints!: readonly string[];
}

export class ProviderListDto {
  @ApiProperty({ description: 'Every provider that this server knows of.', type: [ProviderDto] })
  items!: ProviderDto[];

  @ApiProperty({ description: 'What can be done with them.', type: [CapabilityDto] }) capabilities!: CapabilityDto[];
}

export class GameDto {
  @ApiProperty({ description: 'As sessions name it.', example: 'openarena' }) id!: string;
  @ApiProperty({ description: 'For a reader.', example: 'OpenArena' }) name!: string;

  @ApiProperty({ description: 'HUD fields that are read.', type: [String], example: ['health', 'armor', 'ammo'] })
  fields!: readonly string[];

  @ApiProperty({ description: 'Whether frames of it can be analysed now.', type: HealthDto }) health!: HealthDto;
}

export class GameListDto {
  @ApiProperty({
    description: 'Games with a profile. Of others, text is found and read at a low rate.',
    type: [GameDto],
  })
  items!: GameDto[];
}
