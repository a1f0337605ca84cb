import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Allow } from 'class-validator';

import { CAPABILITIES, type Capability, type ModelChoice } from '@jiga/contracts';

import { MODEL_CHOICE_SCHEMA } from '../sessions/dto/model-choice.schema.js';
import { EXAMPLE_SESSION_ID } from '../sessions/dto/session.dto.js';

const chain = (work: string, example: string[] | null): PropertyDecorator =>
  ApiPropertyOptional({
    description: `Who ${work}: asked first, second, …; null or left out = the server's default.`,
    type: 'array',
    items: MODEL_CHOICE_SCHEMA,
    minItems: 1,
    maxItems: 8,
    nullable: true,
    example,
  });

/** Fallback chains by capability. */
export class ModelProviderDto implements Partial<Record<Capability, readonly ModelChoice[] | null>> {
  @chain('looks at frames', ['local:default'])
  @Allow()
  vision?: readonly ModelChoice[] | null;

  @chain('writes down what is said', null)
  @Allow()
  transcription?: readonly ModelChoice[] | null;

  @chain('thinks of an answer', null)
  @Allow()
  reply?: readonly ModelChoice[] | null;

  @chain('speaks it', null)
  @Allow()
  speech?: readonly ModelChoice[] | null;
}

export class SessionModelProviderDto extends ModelProviderDto {
  @ApiProperty({ description: 'The session.', example: EXAMPLE_SESSION_ID }) session_id!: string;

  @ApiProperty({
    description: 'What each capability comes to; empty = this server does not have it.',
    type: 'object',
    properties: Object.fromEntries(
      CAPABILITIES.map((capability) => [capability, { type: 'array', items: MODEL_CHOICE_SCHEMA }]),
    ),
    required: [...CAPABILITIES],
    additionalProperties: false,
    example: { vision: ['local:default'], transcription: [], reply: [], speech: [] },
  })
  effective!: Record<Capability, readonly ModelChoice[]>;
}
