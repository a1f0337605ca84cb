import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Audited, CONFIG, CurrentCredential, RequireScope } from '@jiga/platform';
import type { Credential, JigaConfig } from '@jiga/platform';
import { WebhooksService, type WebhookChanges } from '@jiga/webhooks';

import { ApiBodyProblems } from '../http/api-body.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { CreatesOnce } from '../http/creates-once.decorator.js';
import { originOf } from '../http/request-origin.js';
import { decodeCursor, encodeCursor } from '../sessions/cursor.js';
import { PageQuery } from '../sessions/dto/list-sessions.query.js';
import { presentWebhook, showWebhook } from './webhook.presenter.js';
import {
  ChangeWebhookDto,
  CreateWebhookDto,
  EXAMPLE_WEBHOOK_ID,
  RotateSecretDto,
  ShownWebhookDto,
  WebhookDto,
  WebhookListDto,
} from './webhooks.dto.js';

const DEFAULT_PAGE = 50;
const PATH = 'api/v1/jiga/webhooks';

const ApiWebhookId = (): MethodDecorator =>
  ApiParam({ name: 'webhook_id', description: 'From the answer to its creation.', example: EXAMPLE_WEBHOOK_ID });

@ApiTags('Webhooks')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@RequireScope('admin')
@Controller(PATH)
export class WebhooksController {
  constructor(
    @Inject(WebhooksService) private readonly webhooks: WebhooksService,
    @Inject(CONFIG) private readonly config: JigaConfig,
  ) {}

  @Post()
  @CreatesOnce()
  @ApiBodyProblems()
  @Audited<WebhookDto>('webhook.created', { target: ({ id }) => id })
  @ApiOperation({
    operationId: 'createWebhook',
    summary: 'Register a webhook',
    description:
      'Events are posted to it as they happen, signed as Standard Webhooks 1.0 says; each is sent until the receiver answers with 2xx or the retries are used up.',
  })
  @ApiCreatedResponse({
    description: 'The webhook, with its secret.',
    type: ShownWebhookDto,
    headers: { Location: { description: 'Address of the webhook.', schema: { type: 'string', format: 'uri' } } },
  })
  @ApiProblems('webhook_limit')
  async create(
    @Body() body: CreateWebhookDto,
    @CurrentCredential() credential: Credential,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownWebhookDto> {
    const { url, description = null, event_types: eventTypes, session_id: sessionId = null } = body;
    const settings = { url, description, sessionId, ...(eventTypes && { eventTypes }) };
    const webhook = await this.webhooks.create(credential.owner, settings);
    void reply.header('location', `${originOf(request, this.config)}/${PATH}/${webhook.id}`);
    return showWebhook(webhook);
  }

  @Get()
  @ApiOperation({ operationId: 'listWebhooks', summary: 'List webhooks', description: 'Newest first, page by page.' })
  @ApiOkResponse({ description: 'One page.', type: WebhookListDto })
  @ApiProblems('validation_failed')
  list(@Query() { limit = DEFAULT_PAGE, cursor }: PageQuery): WebhookListDto {
    const before = cursor === undefined ? undefined : decodeCursor(cursor);
    const found = this.webhooks.list(limit + 1, before);
    const last = found.length > limit ? found[limit - 1] : undefined;
    return { items: found.slice(0, limit).map(presentWebhook), next_cursor: last ? encodeCursor(last) : null };
  }

  @Get(':webhook_id')
  @ApiWebhookId()
  @ApiOperation({ operationId: 'getWebhook', summary: 'Read a webhook', description: 'Without its secret.' })
  @ApiOkResponse({ description: 'The webhook.', type: WebhookDto })
  @ApiProblems('webhook_not_found')
  read(@Param('webhook_id') id: string): WebhookDto {
    return presentWebhook(this.webhooks.get(id));
  }

  @Patch(':webhook_id')
  @Audited<WebhookDto>('webhook.changed', { target: ({ id }) => id })
  @ApiWebhookId()
  @ApiOperation({
    operationId: 'changeWebhook',
    summary: 'Change a webhook',
    description: 'What is left out stays as it is.',
  })
  @ApiOkResponse({ description: 'The webhook as it now is.', type: WebhookDto })
  @ApiBodyProblems()
  @ApiProblems('webhook_not_found')
  async change(@Param('webhook_id') id: string, @Body() body: ChangeWebhookDto): Promise<WebhookDto> {
    return presentWebhook(await this.webhooks.change(id, changesOf(body)));
  }

  @Delete(':webhook_id')
  @HttpCode(204)
  @Audited('webhook.removed')
  @ApiWebhookId()
  @ApiOperation({
    operationId: 'deleteWebhook',
    summary: 'Remove a webhook',
    description: 'With all that is on its way to it.',
  })
  @ApiNoContentResponse({ description: 'It is removed.' })
  @ApiProblems('webhook_not_found')
  async remove(@Param('webhook_id') id: string): Promise<void> {
    await this.webhooks.remove(id);
  }

  @Post(':webhook_id/rotate-secret')
  @HttpCode(200)
  @CreatesOnce()
  @ApiBodyProblems()
  @Audited<WebhookDto>('webhook.secret_rotated', { target: ({ id }) => id })
  @ApiWebhookId()
  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'Give a webhook a new secret',
    description: 'For the overlap every message carries both signatures, so that no message is refused meanwhile.',
  })
  @ApiBody({ type: RotateSecretDto, required: false })
  @ApiOkResponse({ description: 'The webhook with its new secret, shown once.', type: ShownWebhookDto })
  @ApiProblems('webhook_not_found')
  async rotate(@Param('webhook_id') id: string, @Body() body: RotateSecretDto): Promise<ShownWebhookDto> {
    return showWebhook(await this.webhooks.rotateSecret(id, body.overlap_seconds));
  }
}

function changesOf(body: ChangeWebhookDto): WebhookChanges {
  return {
    ...(body.url !== undefined && { url: body.url }),
    ...(body.description !== undefined && { description: body.description }),
    ...(body.event_types !== undefined && { eventTypes: body.event_types }),
    ...(body.session_id !== undefined && { sessionId: body.session_id }),
    ...(body.enabled !== undefined && { isEnabled: body.enabled }),
  };
}
