import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, Max, Min } from 'class-validator';

import { newId, PERMISSIONS } from '@jiga/contracts';
import type { Permission } from '@jiga/contracts';
import type { SessionTokenState } from '@jiga/platform';

import { MayBeAbsent } from '../http/validation.decorators.js';
import { EXAMPLE_SESSION_ID } from '../sessions/dto/session.dto.js';

export const DEFAULT_TTL_S = 3_600;
const TTL_MIN_S = 10;
const TTL_MAX_S = 86_400;

export class CreateTokenDto {
  @ApiPropertyOptional({
    description:
      'What the token may do: `view` (read, receive) < `configure` (send media, change skills, voice and provider, close) < `admin` (issue further tokens). Not more than the session has.',
    enum: PERMISSIONS,
    default: 'view',
    example: 'configure',
  })
  @MayBeAbsent()
  @IsIn(PERMISSIONS)
  permissions?: Permission;

  @ApiPropertyOptional({
    description: 'For how many seconds it is good.',
    minimum: TTL_MIN_S,
    maximum: TTL_MAX_S,
    default: DEFAULT_TTL_S,
    example: 600,
  })
  @MayBeAbsent()
  @IsInt()
  @Min(TTL_MIN_S)
  @Max(TTL_MAX_S)
  ttl_seconds?: number;
}

export const EXAMPLE_TOKEN_ID = `tok_${'0'.repeat(newId('session_token').length - 4)}`;
const STATES: readonly SessionTokenState[] = ['active', 'expired', 'revoked'];

export class SessionTokenDto {
  @ApiProperty({ description: 'The token. It is not kept and cannot be shown again.', example: 'jst.WyJ0b2t…' })
  token!: string;

  @ApiProperty({ description: 'Names the token in paths and in the audit trail.', example: EXAMPLE_TOKEN_ID })
  token_id!: string;

  @ApiProperty({ description: 'The one session that it is good for.', example: EXAMPLE_SESSION_ID })
  session_id!: string;

  @ApiProperty({ description: 'What it may do.', enum: PERMISSIONS, example: 'configure' })
  permissions!: Permission;

  @ApiProperty({ description: 'Unix seconds.', example: 1_764_000_000.25 })
  created_at!: number;

  @ApiProperty({
    description: 'Unix seconds. Then its sockets close with 4401; connect again with a new token and `resume_from`.',
    example: 1_764_000_600.25,
  })
  expires_at!: number;
}

/** A token without the token itself. */
export class IssuedTokenDto {
  @ApiProperty({ description: 'Names the token in paths and in the audit trail.', example: EXAMPLE_TOKEN_ID })
  token_id!: string;

  @ApiProperty({ description: 'The one session that it is good for.', example: EXAMPLE_SESSION_ID })
  session_id!: string;

  @ApiProperty({ description: 'What it may do.', enum: PERMISSIONS, example: 'configure' })
  permissions!: Permission;

  @ApiProperty({
    description: 'Whether it is accepted. An `active` one ends with its session and with `issued_by` all the same.',
    enum: STATES,
    example: 'revoked',
  })
  state!: SessionTokenState;

  @ApiProperty({ description: 'Id of the credential whose end is the end of this token too.', example: 'admin' })
  issued_by!: string;

  @ApiProperty({ description: 'Unix seconds.', example: 1_764_000_000.25 })
  created_at!: number;

  @ApiProperty({ description: 'Unix seconds.', example: 1_764_000_600.25 })
  expires_at!: number;

  @ApiProperty({ description: 'Unix seconds.', type: Number, nullable: true, example: 1_764_000_060.25 })
  revoked_at!: number | null;
}

export class IssuedTokenListDto {
  @ApiProperty({ description: 'Newest first.', type: [IssuedTokenDto] })
  items!: IssuedTokenDto[];

  @ApiProperty({
    description: 'Cursor of the next page; null on the last.',
    type: String,
    nullable: true,
    example: null,
  })
  next_cursor!: string | null;
}

export class RevokedTokensDto {
  @ApiProperty({ description: 'The session.', example: EXAMPLE_SESSION_ID })
  session_id!: string;

  @ApiProperty({
    description: 'How many tokens this ended; those that were revoked before are not among them.',
    example: 3,
  })
  revoked!: number;
}
