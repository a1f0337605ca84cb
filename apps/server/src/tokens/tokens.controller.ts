import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';

import { AppError, CLOCK, unixSeconds } from '@jiga/contracts';
import type { Clock, Permission } from '@jiga/contracts';
import {
  Audited,
  CurrentCredential,
  includesPermission,
  noteSession,
  permissionOf,
  RequireScope,
  SessionTokens,
  tokenStateOf,
} from '@jiga/platform';
import type { Credential, SessionTokenRecord } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

import { ApiProblems } from '../http/api-problems.decorator.js';
import { OfSession } from '../http/api-session.decorator.js';
import { CreatesOnce } from '../http/creates-once.decorator.js';
import { decodeCursor, encodeCursor } from '../sessions/cursor.js';
import { PageQuery } from '../sessions/dto/list-sessions.query.js';
import {
  CreateTokenDto,
  DEFAULT_TTL_S,
  EXAMPLE_TOKEN_ID,
  IssuedTokenDto,
  IssuedTokenListDto,
  RevokedTokensDto,
  SessionTokenDto,
} from './tokens.dto.js';

const DEFAULT_PAGE = 50;

@ApiTags('Sessions')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@RequireScope('sessions:configure')
@Controller('api/v1/jiga/sessions/:session_id/tokens')
export class TokensController {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(SessionTokens) private readonly tokens: SessionTokens,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @CreatesOnce()
  @Audited<SessionTokenDto>('session_token.issued', {
    target: (token) => token.session_id,
    detail: ({ token_id, permissions, expires_at }) => ({ token_id, permissions, expires_at }),
  })
  @OfSession()
  @ApiOperation({
    operationId: 'createSessionToken',
    summary: 'Issue a token for one session',
    description:
      'For game clients and browsers, which should not hold an API key. It ends when it is revoked, with its time, with the session, and with the credential that issued it, whose own time it never exceeds.',
  })
  @ApiBody({ type: CreateTokenDto, required: false })
  @ApiCreatedResponse({ description: 'The token, shown once.', type: SessionTokenDto })
  @ApiProblems('malformed_json', 'body_too_large', 'unsupported_media_type', 'validation_failed', 'session_closed')
  async create(
    @Param('session_id') sessionId: string,
    @Body() body: CreateTokenDto,
    @CurrentCredential() credential: Credential,
  ): Promise<SessionTokenDto> {
    noteSession(sessionId);
    const { configuration } = await this.sessions.open(sessionId, credential);
    const permission = body.permissions ?? 'view';
    refuseExcess(permission, configuration.permissions, credential);
    requireAdminToken(credential, 'issues further tokens');
    const ttlSeconds = body.ttl_seconds ?? DEFAULT_TTL_S;
    const { text, record } = await this.tokens.issue({ sessionId, permission, ttlSeconds }, credential);
    return {
      token: text,
      token_id: record.id,
      session_id: sessionId,
      permissions: permission,
      created_at: record.createdAt,
      expires_at: record.expiresAt,
    };
  }

  @Get()
  @OfSession()
  @ApiOperation({
    operationId: 'listSessionTokens',
    summary: 'List the tokens of a session',
    description:
      'Newest first, page by page, without the tokens themselves; also those that have expired, for a day, or were revoked. A session token needs `admin` for it.',
  })
  @ApiOkResponse({ description: 'One page.', type: IssuedTokenListDto })
  @ApiProblems('validation_failed')
  async list(
    @Param('session_id') sessionId: string,
    @Query() { limit = DEFAULT_PAGE, cursor }: PageQuery,
    @CurrentCredential() credential: Credential,
  ): Promise<IssuedTokenListDto> {
    await this.sessions.get(sessionId, credential);
    requireAdminToken(credential, 'lists the tokens');
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const found = await this.tokens.list(sessionId, limit + 1, after);
    const last = found.length > limit ? found[limit - 1] : undefined;
    return {
      items: found.slice(0, limit).map((record) => this.#present(record)),
      next_cursor: last ? encodeCursor(last) : null,
    };
  }

  @Delete()
  @HttpCode(200)
  @Audited<RevokedTokensDto>('session_tokens.revoked', {
    target: (answer) => answer.session_id,
    detail: ({ revoked }) => ({ revoked }),
  })
  @OfSession()
  @ApiOperation({
    operationId: 'revokeSessionTokens',
    summary: 'Revoke all tokens of a session',
    description:
      'At once and for good: their sockets and event streams close, sockets with 4401. The session goes on, and new tokens may be issued. A session token needs `admin` for it, and is revoked itself.',
  })
  @ApiOkResponse({ description: 'How many were revoked.', type: RevokedTokensDto })
  async revokeAll(
    @Param('session_id') sessionId: string,
    @CurrentCredential() credential: Credential,
  ): Promise<RevokedTokensDto> {
    await this.sessions.get(sessionId, credential);
    requireAdminToken(credential, 'revokes tokens');
    return { session_id: sessionId, revoked: await this.tokens.revokeAll(sessionId) };
  }

  @Delete(':token_id')
  @HttpCode(200)
  @Audited<IssuedTokenDto>('session_token.revoked', {
    target: (token) => token.session_id,
    detail: ({ token_id }) => ({ token_id }),
  })
  @OfSession()
  @ApiParam({ name: 'token_id', description: 'From the answer to its creation.', example: EXAMPLE_TOKEN_ID })
  @ApiOperation({
    operationId: 'revokeSessionToken',
    summary: 'Revoke a token of a session',
    description:
      'At once and for good, with the tokens that it issued: their sockets and event streams close, sockets with 4401. Repeated, it answers the same again. A session token needs `admin` for it; with `configure` it may revoke itself.',
  })
  @ApiOkResponse({ description: 'The token as it ended.', type: IssuedTokenDto })
  @ApiProblems('session_token_not_found')
  async revoke(
    @Param('session_id') sessionId: string,
    @Param('token_id') tokenId: string,
    @CurrentCredential() credential: Credential,
  ): Promise<IssuedTokenDto> {
    await this.sessions.get(sessionId, credential);
    if (credential.id !== tokenId) requireAdminToken(credential, 'revokes other tokens');
    return this.#present(await this.tokens.revoke(sessionId, tokenId));
  }

  #present(record: SessionTokenRecord): IssuedTokenDto {
    return {
      token_id: record.id,
      session_id: record.sessionId,
      permissions: record.permission,
      state: tokenStateOf(record, unixSeconds(this.clock)),
      issued_by: record.issuedBy,
      created_at: record.createdAt,
      expires_at: record.expiresAt,
      revoked_at: record.revokedAt,
    };
  }
}

/** Nobody gives more than the session has, nor more than they hold themselves. */
function refuseExcess(asked: Permission, most: Permission, credential: Credential): void {
  if (!includesPermission(most, asked)) {
    throw new AppError('forbidden', `Tokens of this session may have ${most} at most.`);
  }
  const held = permissionOf(credential);
  if (held === null || !includesPermission(held, asked)) {
    throw new AppError('forbidden', `Issuing ${asked} needs a credential that has it.`);
  }
}

/** Other credentials have their scope; a token has business with others only when it is admin. */
function requireAdminToken({ session }: Credential, deed: string): void {
  if (session && session.permission !== 'admin') {
    throw new AppError('forbidden', `Only a session token with admin ${deed}.`);
  }
}
