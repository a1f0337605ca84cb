import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNumber, IsString, Matches, Max, Min } from 'class-validator';

import { newId } from '@jiga/contracts';

import { MayBeAbsent } from '../http/validation.decorators.js';
import { PageQuery } from '../sessions/dto/list-sessions.query.js';

const ACTION_FORM = /^[a-z_]{1,60}\.[a-z_]{1,60}$/;
/** Ids of credentials, sessions, keys, … */
const ID_FORM = /^[^\p{Cc}\p{Cs}]{1,250}$/u;
const LATEST_TIME = 253_402_300_799;

export class ListAuditQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only this action.', pattern: ACTION_FORM.source, example: 'api_key.created' })
  @MayBeAbsent()
  @IsString()
  @Matches(ACTION_FORM)
  action?: string;

  @ApiPropertyOptional({ description: 'Only what this credential did.', minLength: 1, maxLength: 250 })
  @MayBeAbsent()
  @IsString()
  @Matches(ID_FORM)
  actor?: string;

  @ApiPropertyOptional({ description: 'Only what was done to this.', minLength: 1, maxLength: 250 })
  @MayBeAbsent()
  @IsString()
  @Matches(ID_FORM)
  target?: string;

  @ApiPropertyOptional({ description: 'From this time on, Unix seconds.', minimum: 0, maximum: LATEST_TIME })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(LATEST_TIME)
  since?: number;

  @ApiPropertyOptional({ description: 'Before this time, Unix seconds.', minimum: 0, maximum: LATEST_TIME })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(LATEST_TIME)
  until?: number;
}

/** One thing that somebody did. */
export class AuditEntryDto {
  @ApiProperty({ description: 'Names the entry.', example: `aud_${'0'.repeat(newId('audit_entry').length - 4)}` })
  id!: string;

  @ApiProperty({ description: 'Unix seconds.', example: 1_764_000_000.25 })
  timestamp!: number;

  @ApiProperty({ description: 'What was done.', example: 'api_key.created' })
  action!: string;

  @ApiProperty({
    description: 'Id of the credential that did it; null = the server by itself.',
    type: String,
    nullable: true,
    example: 'admin',
  })
  actor!: string | null;

  @ApiProperty({ description: 'Id of what it was done to.', type: String, nullable: true, example: null })
  target!: string | null;

  @ApiProperty({ description: 'Names the request in the logs.', type: String, nullable: true, example: null })
  request_id!: string | null;

  @ApiProperty({ description: 'Where the request came from.', type: String, nullable: true, example: '192.0.2.7' })
  remote_address!: string | null;

  @ApiProperty({
    description: 'More about it; which keys there are depends on the action.',
    type: 'object',
    additionalProperties: true,
    example: { reason: 'closed_by_client' },
  })
  detail!: Readonly<Record<string, unknown>>;
}

export class AuditListDto {
  @ApiProperty({ description: 'Newest first.', type: [AuditEntryDto] })
  items!: AuditEntryDto[];

  @ApiProperty({
    description: 'Cursor of the next page; null on the last.',
    type: String,
    nullable: true,
    example: null,
  })
  next_cursor!: string | null;
}
