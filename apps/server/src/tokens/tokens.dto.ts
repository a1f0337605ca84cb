import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, Max, Min } from 'class-validator';

import { newId, PERMISSIONS } from '@jiga/contracts';
import type { Permission } from '@jiga/contracts';

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

export class SessionTokenDto {
  @ApiProperty({ description: 'The token. It is not kept and cannot be shown again.', example: 'jst.WyJ0b2t…' })
  token!: string;

  @ApiProperty({
    description: 'Names the token in the audit trail.',
    example: `tok_${'0'.repeat(newId('session_token').length - 4)}`,
  })
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
