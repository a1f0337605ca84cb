import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsString,
  Matches,
  Max,
  Min,
} from 'class-validator';

import { newId } from '@jiga/contracts';
import { SCOPES, type ApiKeyState, type Scope } from '@jiga/platform';

import { MayBeAbsent, MayBeNull } from '../http/validation.decorators.js';
import { PageQuery } from '../sessions/dto/list-sessions.query.js';

const NAME_FORM = /^[^\p{Cc}\p{Cs}]{1,100}$/u;
const OWNER_FORM = /^[\w.:@|/+=-]{1,200}$/;
const STATES = ['active', 'expired', 'revoked'] as const satisfies readonly ApiKeyState[];
export const EXAMPLE_KEY_ID = `key_${'0'.repeat(newId('api_key').length - 4)}`;
const EXAMPLE_KEY = `jiga_7bQm2Xk9Ra_${'0'.repeat(36)}`;

/** What a key may do when nothing is said: all that a game's own server needs. */
export const DEFAULT_SCOPES: readonly Scope[] = ['sessions:create', 'sessions:read', 'sessions:configure'];
export const DEFAULT_OVERLAP_S = 3_600;
const OVERLAP_MAX_S = 30 * 86_400;
/** The year 9999: later, a date has no usual form. */
const LATEST_TIME = 253_402_300_799;

export class CreateApiKeyDto {
  @ApiProperty({ description: 'What the key is for.', minLength: 1, maxLength: 100, example: 'matchmaker' })
  @IsString()
  @Matches(NAME_FORM, { message: 'name must be 1 to 100 characters, none of them a control character' })
  name!: string;

  @ApiPropertyOptional({
    description: 'What the key may do.',
    enum: SCOPES,
    isArray: true,
    minItems: 1,
    maxItems: SCOPES.length,
    default: DEFAULT_SCOPES,
    example: ['sessions:create', 'sessions:read'],
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(SCOPES.length)
  @IsIn(SCOPES, { each: true })
  scopes?: Scope[];

  @ApiPropertyOptional({
    description:
      'Whose sessions it makes and sees. Keys and tokens with the same owner share their sessions; without it the key has its own.',
    minLength: 1,
    maxLength: 200,
    pattern: OWNER_FORM.source,
    example: 'studio-1',
  })
  @MayBeAbsent()
  @IsString()
  @Matches(OWNER_FORM)
  owner?: string;

  @ApiPropertyOptional({
    description: 'When it ends, in Unix seconds; null = never.',
    type: Number,
    nullable: true,
    default: null,
    example: 4_102_444_800,
  })
  @MayBeNull()
  @IsNumber()
  @Min(0)
  @Max(LATEST_TIME)
  expires_at?: number | null;
}

export class RotateApiKeyDto {
  @ApiPropertyOptional({
    description: 'For how many seconds the old secret is accepted beside the new one.',
    minimum: 0,
    maximum: OVERLAP_MAX_S,
    default: DEFAULT_OVERLAP_S,
    example: DEFAULT_OVERLAP_S,
  })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(OVERLAP_MAX_S)
  overlap_seconds?: number;
}

export class ListApiKeysQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only keys of this owner.', maxLength: 200 })
  @MayBeAbsent()
  @IsString()
  @Matches(OWNER_FORM)
  owner?: string;
}

/** A key without its secret. */
export class ApiKeyDto {
  @ApiProperty({ description: 'Names the key in paths and in the audit trail.', example: EXAMPLE_KEY_ID })
  id!: string;

  @ApiProperty({ description: 'What the key is for.', example: 'matchmaker' })
  name!: string;

  @ApiProperty({ description: 'The part of the key that is no secret.', example: '7bQm2Xk9Ra' })
  prefix!: string;

  @ApiProperty({ description: 'Whose sessions it makes and sees.', example: 'studio-1' })
  owner!: string;

  @ApiProperty({ description: 'What it may do.', enum: SCOPES, isArray: true, example: ['sessions:create'] })
  scopes!: readonly Scope[];

  @ApiProperty({ description: 'Whether it is accepted.', enum: STATES, example: 'active' })
  state!: ApiKeyState;

  @ApiProperty({ description: 'Unix seconds.', example: 1_764_000_000.25 })
  created_at!: number;

  @ApiProperty({ description: 'Id of the credential that made it.', example: 'admin' })
  created_by!: string;

  @ApiProperty({ description: 'Unix seconds; null = never.', type: Number, nullable: true, example: 4_102_444_800 })
  expires_at!: number | null;

  @ApiProperty({
    description: 'Unix seconds, a few seconds late; null = not used yet.',
    type: Number,
    nullable: true,
    example: null,
  })
  last_used_at!: number | null;

  @ApiProperty({ description: 'Last rotation, Unix seconds.', type: Number, nullable: true, example: null })
  rotated_at!: number | null;

  @ApiProperty({
    description: 'Until when the secret before the last rotation is accepted, Unix seconds.',
    type: Number,
    nullable: true,
    example: null,
  })
  previous_expires_at!: number | null;

  @ApiProperty({ description: 'Unix seconds.', type: Number, nullable: true, example: null })
  revoked_at!: number | null;
}

/** A key as it is shown once. */
export class ShownApiKeyDto extends ApiKeyDto {
  @ApiProperty({ description: 'The key itself. It is not kept and cannot be shown again.', example: EXAMPLE_KEY })
  key!: string;
}

export class ApiKeyListDto {
  @ApiProperty({ description: 'Newest first.', type: [ApiKeyDto] })
  items!: ApiKeyDto[];

  @ApiProperty({
    description: 'Cursor of the next page; null on the last.',
    type: String,
    nullable: true,
    example: null,
  })
  next_cursor!: string | null;
}
