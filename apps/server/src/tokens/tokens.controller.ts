import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOperation, ApiParam, ApiSecurity, ApiTags } from '@nestjs/swagger';

import { AppError, CLOCK, unixSeconds } from '@jiga/contracts';
import type { Clock, Permission } from '@jiga/contracts';
import {
  Audited,
  CurrentCredential,
  includesPermission,
  noteSession,
  permissionOf,
  RequireScope,
  SessionTokenCodec,
} from '@jiga/platform';
import type { Credential } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

import { ApiProblems } from '../http/api-problems.decorator.js';
import { CreatesOnce } from '../http/creates-once.decorator.js';
import { EXAMPLE_SESSION_ID } from '../sessions/dto/session.dto.js';
import { CreateTokenDto, DEFAULT_TTL_S, SessionTokenDto } from './tokens.dto.js';

@ApiTags('Sessions')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@Controller('api/v1/jiga/sessions/:session_id/tokens')
export class TokensController {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(SessionTokenCodec) private readonly tokens: SessionTokenCodec,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @RequireScope('sessions:configure')
  @CreatesOnce()
  @Audited<SessionTokenDto>('session_token.issued', {
    target: (token) => token.session_id,
    detail: ({ token_id, permissions, expires_at }) => ({ token_id, permissions, expires_at }),
  })
  @ApiParam({ name: 'session_id', description: 'From the answer to its creation.', example: EXAMPLE_SESSION_ID })
  @ApiOperation({
    operationId: 'createSessionToken',
    summary: 'Issue a token for one session',
    description:
      'For game clients and browsers, which should not hold an API key. It ends with its time, with the session, and with the credential that issued it, whose own time it never exceeds.',
  })
  @ApiBody({ type: CreateTokenDto, required: false })
  @ApiCreatedResponse({ description: 'The token, shown once.', type: SessionTokenDto })
  @ApiProblems(
    'malformed_json',
    'body_too_large',
    'unsupported_media_type',
    'validation_failed',
    'session_not_found',
    'session_closed',
  )
  async create(
    @Param('session_id') sessionId: string,
    @Body() body: CreateTokenDto,
    @CurrentCredential() credential: Credential,
  ): Promise<SessionTokenDto> {
    noteSession(sessionId);
    const { configuration } = await this.sessions.open(sessionId, credential);
    const permission = body.permissions ?? 'view';
    refuseExcess(permission, configuration.permissions, credential);
    const now = unixSeconds(this.clock);
    const { text, claims } = this.tokens.issue({
      sessionId,
      permission,
      // No longer than whoever issues it.
      expiresAt: Math.min(now + (body.ttl_seconds ?? DEFAULT_TTL_S), credential.expiresAt ?? Infinity),
      issuedBy: credential.issuedBy ?? credential.id,
    });
    return {
      token: text,
      token_id: claims.id,
      session_id: sessionId,
      permissions: permission,
      created_at: now,
      expires_at: claims.expiresAt,
    };
  }
}

/** Nobody gives more than the session has, nor more than they hold themselves; and a token only when it is admin. */
function refuseExcess(asked: Permission, most: Permission, credential: Credential): void {
  if (!includesPermission(most, asked)) {
    throw new AppError('forbidden', `Tokens of this session may have ${most} at most.`);
  }
  const held = permissionOf(credential);
  if (held === null || !includesPermission(held, asked)) {
    throw new AppError('forbidden', `Issuing ${asked} needs a credential that has it.`);
  }
  if (credential.session && credential.session.permission !== 'admin') {
    throw new AppError('forbidden', 'Only a session token with admin issues further tokens.');
  }
}
