import { ApiProperty } from '@nestjs/swagger';
import { Allow } from 'class-validator';

import type { JsonSchema, SkillSelection } from '@jiga/contracts';
import { SKILLS } from '@jiga/vision';

import { CheckedBy } from '../http/validation.decorators.js';
import { skillProblems } from '../sessions/capability-checks.js';
import { EXAMPLE_SESSION_ID } from '../sessions/dto/session.dto.js';

export const SKILL_SELECTION_SCHEMA = {
  oneOf: [
    { type: 'array', items: { type: 'string' }, maxItems: 64 },
    { type: 'object', additionalProperties: { type: 'object', additionalProperties: true } },
  ],
  nullable: true,
};
const EXAMPLE = ['hud_reading', 'game_events'];

@CheckedBy((dto: ReplaceSkillsDto) =>
  dto.skills === undefined
    ? [{ pointer: '/skills', code: 'required', detail: 'skills is required' }]
    : skillProblems(dto.skills),
)
export class ReplaceSkillsDto {
  @ApiProperty({
    ...SKILL_SELECTION_SCHEMA,
    description:
      'Ids, or ids with settings (those of `GET /skills`); null = every skill, an empty list = the cheap stage alone.',
    example: EXAMPLE,
  })
  @Allow()
  skills!: SkillSelection | null;
}

export class SessionSkillsDto {
  @ApiProperty({ description: 'The session.', example: EXAMPLE_SESSION_ID }) session_id!: string;
  @ApiProperty({ ...SKILL_SELECTION_SCHEMA, description: 'As asked for; null = every skill.', example: EXAMPLE })
  skills!: SkillSelection | null;

  @ApiProperty({ description: 'What that comes to.', type: [String], example: EXAMPLE }) effective!: readonly string[];
}

export class SkillDto {
  @ApiProperty({ description: 'As sessions name it.', example: SKILLS[0].id }) id!: string;
  @ApiProperty({ description: 'What it does.', example: SKILLS[0].description }) description!: string;
  @ApiProperty({ description: 'Whether a session has it that chooses nothing.', example: true }) default!: boolean;
  @ApiProperty({ description: 'Whether this server has it.', example: true }) available!: boolean;

  @ApiProperty({
    description: 'JSON Schema of its settings, with their defaults. Anything else is refused.',
    type: 'object',
    additionalProperties: true,
    example: SKILLS[3].settings,
  })
  settings!: JsonSchema;
}

export class SkillListDto {
  @ApiProperty({ description: 'Every skill.', type: [SkillDto] }) items!: SkillDto[];
}
