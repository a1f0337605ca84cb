import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Matches } from 'class-validator';

import { USAGE_GROUPS, type UsageGroup } from '@jiga/usage';

import { CheckedBy, MayBeAbsent } from '../http/validation.decorators.js';
import { EXAMPLE_SESSION_ID } from '../sessions/dto/session.dto.js';
import { PageQuery } from '../sessions/dto/list-sessions.query.js';

const DATE_FORM = /^\d{4}-\d\d-\d\d$/;
const GROUPS_FORM = new RegExp(`^(${USAGE_GROUPS.join('|')})(,(${USAGE_GROUPS.join('|')}))*$`);
const isDate = (text: string): boolean => !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

@CheckedBy((query: UsageQuery) =>
  (['from', 'to'] as const)
    .filter((name) => query[name] !== undefined && !isDate(query[name]))
    .map((name) => ({ pointer: `/${name}`, code: 'bad_format', detail: `${name} is no date` })),
)
export class UsageQuery extends PageQuery {
  @ApiPropertyOptional({
    description: `What to sum up by, separated by commas: ${USAGE_GROUPS.join(', ')}.`,
    default: 'day',
    example: 'day,provider',
  })
  @MayBeAbsent()
  @IsString()
  @Matches(GROUPS_FORM, { message: `group_by must be some of ${USAGE_GROUPS.join(', ')}, separated by commas` })
  group_by?: string;

  @ApiPropertyOptional({ description: 'First day, UTC.', format: 'date', example: '2026-01-01' })
  @MayBeAbsent()
  @IsString()
  @Matches(DATE_FORM, { message: 'from must be a date such as 2026-01-31' })
  from?: string;

  @ApiPropertyOptional({ description: 'Last day, UTC.', format: 'date', example: '2026-01-31' })
  @MayBeAbsent()
  @IsString()
  @Matches(DATE_FORM, { message: 'to must be a date such as 2026-01-31' })
  to?: string;

  @ApiPropertyOptional({ description: 'Only of this session.', example: EXAMPLE_SESSION_ID })
  @MayBeAbsent()
  @IsString()
  @Matches(/^sess_[0-9A-Za-z]{22}$/, { message: 'session_id must be the id of a session' })
  session_id?: string;
}

class TokensDto {
  @ApiProperty({ description: 'Given to models.', example: 0 }) input!: number;
  @ApiProperty({ description: 'Made by models.', example: 0 }) output!: number;
}

export class UsageAmountsDto {
  @ApiProperty({ description: 'Frames with a result.', example: 1200 }) frames!: number;
  @ApiProperty({ description: 'Heavy analyses, and analyses by remote models.', example: 80 }) analyses!: number;
  @ApiProperty({ description: 'Sound heard and spoken, in seconds.', example: 0 }) audio_seconds!: number;
  @ApiProperty({ description: 'Of models.', type: TokensDto }) tokens!: TokensDto;
  @ApiProperty({ description: 'Calls to providers.', example: 0 }) calls!: number;
  @ApiProperty({ description: 'By the price table, in US dollars.', example: 0 }) cost_usd!: number;
  @ApiProperty({ description: 'Calls without a known price: not in `cost_usd`.', example: 0 }) unpriced_calls!: number;
}

const key = (group: UsageGroup, description: string, example: string | null): PropertyDecorator =>
  ApiProperty({
    description: `${description}; null unless summed up by ${group}.`,
    type: 'string',
    nullable: true,
    example,
  });

export class UsageSumDto extends UsageAmountsDto {
  @key('day', 'UTC date', '2026-01-31') day!: string | null;
  @key('session', 'The session', null) session_id!: string | null;
  @key('credential', 'The credential that made the session', null) credential_id!: string | null;
  @key('provider', 'Who did the work', null) provider!: string | null;
  @key('model', 'With which model', null) model!: string | null;
  @key('capability', 'What was done', null) capability!: string | null;
}

export class UsageListDto {
  @ApiProperty({ description: 'One entry a group, in the order of the groups.', type: [UsageSumDto] })
  items!: UsageSumDto[];

  @ApiProperty({ description: 'Over everything asked for, not only this page.', type: UsageAmountsDto })
  total!: UsageAmountsDto;

  @ApiProperty({ description: 'For the next page; null on the last.', type: 'string', nullable: true, example: null })
  next_cursor!: string | null;
}
