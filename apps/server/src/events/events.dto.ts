import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';

import { PUBLIC_EVENT_TYPES } from '@jiga/contracts';

import { MayBeAbsent } from '../http/validation.decorators.js';
import { EXAMPLE_SESSION_ID } from '../sessions/dto/session.dto.js';

export const EXAMPLE_EVENT_ID = 'evt_7Qm2nBz8rLd7P4GkTq0cY1';

export class EventsQuery {
  @ApiPropertyOptional({
    description: 'Most events in the answer.',
    minimum: 1,
    maximum: 1000,
    default: 100,
    example: 100,
  })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;

  @ApiPropertyOptional({ description: '`next_cursor` of the page before.', maxLength: 64 })
  @MayBeAbsent()
  @IsString()
  @MaxLength(64)
  cursor?: string;

  @ApiPropertyOptional({
    description: 'Only events from this moment on (Unix seconds), or after this event (its id).',
    maxLength: 64,
    example: EXAMPLE_EVENT_ID,
  })
  @MayBeAbsent()
  @IsString()
  @MaxLength(64)
  since?: string;

  @ApiPropertyOptional({
    description: 'Only events of these types, separated by commas; `game.*` stands for all that begin so.',
    maxLength: 1024,
    example: 'session.*,game.*,callout',
  })
  @MayBeAbsent()
  @IsString()
  @MaxLength(1024)
  types?: string;
}

export class SessionEventDto {
  @ApiProperty({
    description: 'Unique; a webhook tells of the same event under the same id.',
    example: EXAMPLE_EVENT_ID,
  })
  event_id!: string;

  @ApiProperty({
    description: `What happened: ${Object.keys(PUBLIC_EVENT_TYPES)
      .map((type) => `\`${type}\``)
      .join(', ')}.`,
    example: 'session.state_changed',
  })
  type!: string;

  @ApiProperty({ description: 'When, in Unix seconds.', example: 1767225600.25 })
  timestamp!: number;

  @ApiProperty({ description: 'Whose it is.', example: EXAMPLE_SESSION_ID })
  session_id!: string;

  @ApiProperty({
    description: 'What there is to tell; its members depend on the type.',
    type: 'object',
    additionalProperties: true,
    example: { from: 'created', to: 'active', reason: 'endpoints_ready' },
  })
  data!: object;
}

export class EventListDto {
  @ApiProperty({ description: 'Oldest first.', type: [SessionEventDto] })
  items!: SessionEventDto[];

  @ApiProperty({
    description: 'For the next page; null when these are the newest. To go on later, use `since` with the last id.',
    type: String,
    nullable: true,
    example: null,
  })
  next_cursor!: string | null;
}
