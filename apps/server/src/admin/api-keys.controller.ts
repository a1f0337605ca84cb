import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { AppError, CLOCK, unixSeconds } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { ApiKeys, Audited, CONFIG, CurrentCredential, RequireScope, stateOf } from '@jiga/platform';
import type { ApiKey, Credential, JigaConfig, ShownApiKey } from '@jiga/platform';

import { ApiProblems } from '../http/api-problems.decorator.js';
import { CreatesOnce } from '../http/creates-once.decorator.js';
import { originOf } from '../http/request-origin.js';
import { decodeCursor, encodeCursor } from '../sessions/cursor.js';
import {
  ApiKeyDto,
  ApiKeyListDto,
  CreateApiKeyDto,
  DEFAULT_OVERLAP_S,
  DEFAULT_SCOPES,
  EXAMPLE_KEY_ID,
  ListApiKeysQuery,
  RotateApiKeyDto,
  ShownApiKeyDto,
} from './api-keys.dto.js';

const DEFAULT_PAGE = 50;
const PATH = 'api/v1/jiga/api-keys';

const ApiKeyId = (): MethodDecorator =>
  ApiParam({ name: 'key_id', description: 'From the answer to its creation.', example: EXAMPLE_KEY_ID });

const scopesOf = ({ scopes, name, owner }: ApiKeyDto): Readonly<Record<string, unknown>> => ({ name, owner, scopes });

@ApiTags('Administration')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@RequireScope('admin')
@Controller(PATH)
export class ApiKeysController {
  constructor(
    @Inject(ApiKeys) private readonly keys: ApiKeys,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: JigaConfig,
  ) {}

  @Post()
  @CreatesOnce()
  @Audited<ApiKeyDto>('api_key.created', { target: ({ id }) => id, detail: scopesOf })
  @ApiOperation({
    operationId: 'createApiKey',
    summary: 'Create an API key',
    description: 'The answer is the only time that the key itself is shown: it is kept as a hash.',
  })
  @ApiCreatedResponse({
    description: 'The key.',
    type: ShownApiKeyDto,
    headers: { Location: { description: 'Address of the key.', schema: { type: 'string', format: 'uri' } } },
  })
  @ApiProblems('malformed_json', 'body_too_large', 'unsupported_media_type', 'validation_failed')
  async create(
    @Body() body: CreateApiKeyDto,
    @CurrentCredential() credential: Credential,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownApiKeyDto> {
    this.#refusePast(body);
    const shown = await this.keys.create(
      {
        name: body.name,
        scopes: body.scopes ?? DEFAULT_SCOPES,
        expiresAt: body.expires_at ?? null,
        ...(body.owner !== undefined && { owner: body.owner }),
      },
      credential,
    );
    void reply.header('location', `${originOf(request, this.config)}/${PATH}/${shown.apiKey.id}`);
    return this.#show(shown);
  }

  @Get()
  @ApiOperation({
    operationId: 'listApiKeys',
    summary: 'List API keys',
    description: 'Newest first, page by page; also those that have expired or were revoked.',
  })
  @ApiOkResponse({ description: 'One page.', type: ApiKeyListDto })
  @ApiProblems('validation_failed')
  async list(@Query() { limit = DEFAULT_PAGE, cursor, owner }: ListApiKeysQuery): Promise<ApiKeyListDto> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const found = await this.keys.list(owner === undefined ? {} : { owner }, limit + 1, after);
    const last = found.length > limit ? found[limit - 1] : undefined;
    return {
      items: found.slice(0, limit).map((key) => this.#present(key)),
      next_cursor: last ? encodeCursor(last) : null,
    };
  }

  @Get(':key_id')
  @ApiKeyId()
  @ApiOperation({ operationId: 'getApiKey', summary: 'Read an API key', description: 'Without its secret.' })
  @ApiOkResponse({ description: 'The key.', type: ApiKeyDto })
  @ApiProblems('api_key_not_found')
  async read(@Param('key_id') id: string): Promise<ApiKeyDto> {
    return this.#present(await this.keys.get(id));
  }

  @Post(':key_id/rotate')
  @HttpCode(200)
  @CreatesOnce()
  @Audited<ApiKeyDto>('api_key.rotated')
  @ApiKeyId()
  @ApiOperation({
    operationId: 'rotateApiKey',
    summary: 'Give an API key a new secret',
    description:
      'The old secret is accepted for the overlap, so that it can be replaced everywhere without a gap; one before that ends at once.',
  })
  @ApiBody({ type: RotateApiKeyDto, required: false })
  @ApiOkResponse({ description: 'The key with its new secret, shown once.', type: ShownApiKeyDto })
  @ApiProblems(
    'malformed_json',
    'body_too_large',
    'unsupported_media_type',
    'validation_failed',
    'api_key_not_found',
    'api_key_revoked',
  )
  async rotate(@Param('key_id') id: string, @Body() body: RotateApiKeyDto): Promise<ShownApiKeyDto> {
    return this.#show(await this.keys.rotate(id, body.overlap_seconds ?? DEFAULT_OVERLAP_S));
  }

  @Delete(':key_id')
  @HttpCode(200)
  @Audited<ApiKeyDto>('api_key.revoked')
  @ApiKeyId()
  @ApiOperation({
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key',
    description:
      'At once and for good: its sockets close with 4401, and so do those of the session tokens that it issued. Repeated, it answers the same again.',
  })
  @ApiOkResponse({ description: 'The key as it ended.', type: ApiKeyDto })
  @ApiProblems('api_key_not_found')
  async revoke(@Param('key_id') id: string): Promise<ApiKeyDto> {
    return this.#present(await this.keys.revoke(id));
  }

  #refusePast({ expires_at: expiresAt }: CreateApiKeyDto): void {
    if (expiresAt === undefined || expiresAt === null || expiresAt > unixSeconds(this.clock)) return;
    const detail = 'expires_at must be in the future';
    throw new AppError('validation_failed', `${detail}.`, {
      fields: [{ pointer: '/expires_at', code: 'out_of_range', detail }],
    });
  }

  #show({ apiKey, text }: ShownApiKey): ShownApiKeyDto {
    return Object.assign(this.#present(apiKey), { key: text });
  }

  #present(key: ApiKey): ApiKeyDto {
    return {
      id: key.id,
      name: key.name,
      prefix: key.prefix,
      owner: key.owner,
      scopes: key.scopes,
      state: stateOf(key, unixSeconds(this.clock)),
      created_at: key.createdAt,
      created_by: key.createdBy,
      expires_at: key.expiresAt,
      last_used_at: key.lastUsedAt,
      rotated_at: key.rotatedAt,
      previous_expires_at: key.previousExpiresAt,
      revoked_at: key.revokedAt,
    };
  }
}
