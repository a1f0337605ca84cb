import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

import { newId, PUBLIC_EVENT_TYPES } from '@jiga/contracts';
import { DEFAULT_EVENT_TYPES, DELIVERY_STATES, type DeliveryState } from '@jiga/webhooks';

import { MayBeAbsent, MayBeNull } from '../http/validation.decorators.js';
import { PageQuery } from '../sessions/dto/list-sessions.query.js';
import { EXAMPLE_SESSION_ID } from '../sessions/dto/session.dto.js';

export const EXAMPLE_WEBHOOK_ID = `whk_${'0'.repeat(newId('webhook').length - 4)}`;
const SESSION_ID_FORM = /^sess_[0-9A-Za-z]{22}$/;
const DESCRIPTION_FORM = /^[^\p{Cc}\p{Cs}]{0,200}$/u;
const EXAMPLE_TYPES = ['session.failed', 'game.*', 'callout'];
const TYPES_DESCRIPTION = `Types of events: ${Object.keys(PUBLIC_EVENT_TYPES)
  .map((type) => `\`${type}\``)
  .join(', ')}; a family such as \`session.*\`, or one game event such as \`game.kill\`.`;

/** What may be said of a webhook at its creation and changed later. */
class WebhookSettingsDto {
  @ApiPropertyOptional({ description: 'For yourself.', type: 'string', nullable: true, maxLength: 200, example: null })
  @MayBeNull()
  @IsString()
  @Matches(DESCRIPTION_FORM, { message: 'description must be at most 200 characters without control characters' })
  description?: string | null;

  @ApiPropertyOptional({
    description: `${TYPES_DESCRIPTION} Without it, all but \`analysis\`.`,
    type: [String],
    minItems: 1,
    maxItems: 64,
    default: DEFAULT_EVENT_TYPES,
    example: EXAMPLE_TYPES,
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(64)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  event_types?: string[];

  @ApiPropertyOptional({
    description: 'Only events of this session; null = of every session.',
    type: 'string',
    nullable: true,
    pattern: SESSION_ID_FORM.source,
    example: null,
  })
  @MayBeNull()
  @IsString()
  @Matches(SESSION_ID_FORM, { message: 'session_id must be the id of a session' })
  session_id?: string | null;
}

const URL_DESCRIPTION =
  'Where events are posted: https, at a public address. Private hosts and http need JIGA_WEBHOOK_ALLOWED_HOSTS.';

export class CreateWebhookDto extends WebhookSettingsDto {
  @ApiProperty({ description: URL_DESCRIPTION, maxLength: 2048, example: 'https://example.com/jiga-events' })
  @IsString()
  @MaxLength(2048)
  url!: string;
}

export class ChangeWebhookDto extends WebhookSettingsDto {
  @ApiPropertyOptional({ description: URL_DESCRIPTION, maxLength: 2048, example: 'https://example.com/jiga-events' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(2048)
  url?: string;

  @ApiPropertyOptional({
    description: 'false: nothing is sent, new events are not kept for it. true: also after its receiver answered 410.',
    example: true,
  })
  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;
}

export class RotateSecretDto {
  @ApiPropertyOptional({
    description: 'How long the old secret signs as well, in seconds.',
    minimum: 0,
    maximum: 2_592_000,
    default: 86_400,
    example: 3600,
  })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(2_592_000)
  overlap_seconds?: number;
}

export class WebhookDto {
  @ApiProperty({ description: 'Of the webhook.', example: EXAMPLE_WEBHOOK_ID }) id!: string;
  @ApiProperty({ description: 'Where events are posted.', example: 'https://example.com/jiga-events' }) url!: string;
  @ApiProperty({ description: 'As given.', type: 'string', nullable: true, example: null }) description!: string | null;
  @ApiProperty({ description: TYPES_DESCRIPTION, type: [String], example: EXAMPLE_TYPES })
  event_types!: readonly string[];

  @ApiProperty({
    description: 'Only events of this session; null = of every session.',
    type: 'string',
    nullable: true,
    example: null,
  })
  session_id!: string | null;

  @ApiProperty({ description: 'Whether events are sent.', example: true }) enabled!: boolean;

  @ApiProperty({
    description: '`paused` by a PATCH, or `gone`: the receiver answered 410.',
    enum: ['paused', 'gone'],
    nullable: true,
    example: null,
  })
  disabled_reason!: 'paused' | 'gone' | null;

  @ApiProperty({
    description: 'Until when the secret before the last rotation signs as well, Unix seconds; null = it does not.',
    type: 'number',
    nullable: true,
    example: null,
  })
  previous_secret_expires_at!: number | null;

  @ApiProperty({ description: 'Unix seconds.', example: 1_767_225_600.25 }) created_at!: number;
  @ApiProperty({ description: 'Unix seconds.', example: 1_767_225_600.25 }) updated_at!: number;
}

export class ShownWebhookDto extends WebhookDto {
  @ApiProperty({
    description: 'Signs every message, as Standard Webhooks 1.0 says. Shown this once.',
    example: `whsec_${'A'.repeat(43)}=`,
  })
  secret!: string;
}

const nextCursor = (): PropertyDecorator =>
  ApiProperty({ description: 'For the next page; null on the last.', type: 'string', nullable: true, example: null });

export class WebhookListDto {
  @ApiProperty({ description: 'Newest first.', type: [WebhookDto], example: [] }) items!: WebhookDto[];
  @nextCursor() next_cursor!: string | null;
}

export class DeliveryAttemptDto {
  @ApiProperty({ description: 'When it began, Unix seconds.', example: 1_767_225_600.25 }) at!: number;
  @ApiProperty({ description: 'HTTP status; null when none came.', type: 'integer', nullable: true, example: 204 })
  status!: number | null;

  @ApiProperty({
    description: 'Why it failed: a stable word; null when the receiver took it.',
    type: 'string',
    nullable: true,
    example: null,
  })
  error!: string | null;

  @ApiProperty({ description: 'How long it took, in milliseconds.', example: 41.5 }) duration_ms!: number;
}

export class DeliveryDto {
  @ApiProperty({ description: 'Of the delivery.', example: `dlv_${'0'.repeat(newId('delivery').length - 4)}` })
  id!: string;

  @ApiProperty({ description: 'To which webhook.', example: EXAMPLE_WEBHOOK_ID }) webhook_id!: string;
  @ApiProperty({ description: 'Sent as `webhook-id`.', example: `evt_${'0'.repeat(newId('event').length - 4)}` })
  event_id!: string;

  @ApiProperty({ description: 'Type of the event.', example: 'session.failed' }) event_type!: string;
  @ApiProperty({
    description: 'Session of the event.',
    type: 'string',
    nullable: true,
    example: EXAMPLE_SESSION_ID,
  })
  session_id!: string | null;

  @ApiProperty({ description: '`dead`: given up.', enum: DELIVERY_STATES, example: 'delivered' }) state!: DeliveryState;

  @ApiProperty({
    description: 'Why it was given up: `attempts_exhausted`, `gone` or `test_failed`.',
    type: 'string',
    nullable: true,
    example: null,
  })
  reason!: string | null;

  @ApiProperty({ description: 'Oldest first; the last 50.', type: [DeliveryAttemptDto] })
  attempts!: DeliveryAttemptDto[];

  @ApiProperty({ description: 'Unix seconds; null when none is due.', type: 'number', nullable: true, example: null })
  next_attempt_at!: number | null;

  @ApiProperty({ description: 'Unix seconds.', example: 1_767_225_600.25 }) created_at!: number;

  @ApiProperty({
    description: 'Unix seconds; null while it is pending.',
    type: 'number',
    nullable: true,
    example: null,
  })
  finished_at!: number | null;
}

export class DeliveryListDto {
  @ApiProperty({ description: 'Newest first.', type: [DeliveryDto], example: [] }) items!: DeliveryDto[];
  @nextCursor() next_cursor!: string | null;
}

export class ListDeliveriesQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only deliveries in this state.', enum: DELIVERY_STATES })
  @MayBeAbsent()
  @IsIn(DELIVERY_STATES)
  state?: DeliveryState;
}
