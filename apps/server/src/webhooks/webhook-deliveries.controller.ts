import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiSecurity, ApiTags } from '@nestjs/swagger';

import { newId } from '@jiga/contracts';
import { Audited, RequireScope } from '@jiga/platform';
import { WebhooksService, type DeliveryFilter } from '@jiga/webhooks';

import { ApiProblems } from '../http/api-problems.decorator.js';
import { PageQuery } from '../sessions/dto/list-sessions.query.js';
import { decodePosition, encodePosition } from './position-cursor.js';
import { presentDelivery } from './webhook.presenter.js';
import { DeliveryDto, DeliveryListDto, EXAMPLE_WEBHOOK_ID, ListDeliveriesQuery } from './webhooks.dto.js';

const DEFAULT_PAGE = 50;

const ApiWebhookId = (): MethodDecorator =>
  ApiParam({ name: 'webhook_id', description: 'From the answer to its creation.', example: EXAMPLE_WEBHOOK_ID });

@ApiTags('Webhooks')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@RequireScope('admin')
@Controller('api/v1/jiga/webhooks')
export class WebhookDeliveriesController {
  constructor(@Inject(WebhooksService) private readonly webhooks: WebhooksService) {}

  @Get('dead-letters')
  @ApiOperation({
    operationId: 'listDeadLetters',
    summary: 'List what could not be delivered',
    description: 'Of every webhook, newest first; each can be sent again.',
  })
  @ApiOkResponse({ description: 'One page.', type: DeliveryListDto })
  @ApiProblems('validation_failed')
  deadLetters(@Query() query: PageQuery): Promise<DeliveryListDto> {
    return this.#page({ state: 'dead' }, query);
  }

  @Get(':webhook_id/deliveries')
  @ApiWebhookId()
  @ApiOperation({
    operationId: 'listWebhookDeliveries',
    summary: 'List the deliveries of a webhook',
    description: 'Newest first, with every attempt. Finished ones are kept for JIGA_WEBHOOK_RETENTION_HOURS.',
  })
  @ApiOkResponse({ description: 'One page.', type: DeliveryListDto })
  @ApiProblems('validation_failed', 'webhook_not_found')
  list(@Param('webhook_id') webhookId: string, @Query() query: ListDeliveriesQuery): Promise<DeliveryListDto> {
    return this.#page({ webhookId, ...(query.state && { state: query.state }) }, query);
  }

  @Post(':webhook_id/test')
  @HttpCode(200)
  @ApiWebhookId()
  @ApiOperation({
    operationId: 'testWebhook',
    summary: 'Send a ping to a webhook',
    description:
      'One `webhook.ping`, sent now and once. The answer tells what became of it; it comes at the latest after JIGA_WEBHOOK_TIMEOUT_MS.',
  })
  @ApiOkResponse({ description: 'The ping: `delivered`, or `dead` with what went wrong.', type: DeliveryDto })
  @ApiProblems('webhook_not_found')
  async test(@Param('webhook_id') id: string): Promise<DeliveryDto> {
    return presentDelivery(await this.webhooks.test(id));
  }

  @Post(':webhook_id/deliveries/:delivery_id/redeliver')
  @HttpCode(202)
  @Audited<DeliveryDto>('webhook.redelivered', { target: ({ id }) => id })
  @ApiWebhookId()
  @ApiParam({
    name: 'delivery_id',
    description: 'From the list of deliveries.',
    example: `dlv_${'0'.repeat(newId('delivery').length - 4)}`,
  })
  @ApiOperation({
    operationId: 'redeliverWebhook',
    summary: 'Send a delivery again',
    description: 'With the same `webhook-id` and the whole schedule of retries before it, whatever became of it.',
  })
  @ApiAcceptedResponse({ description: 'It is due now.', type: DeliveryDto })
  @ApiProblems('webhook_not_found', 'delivery_not_found', 'webhook_disabled')
  async redeliver(
    @Param('webhook_id') webhookId: string,
    @Param('delivery_id') deliveryId: string,
  ): Promise<DeliveryDto> {
    return presentDelivery(await this.webhooks.redeliver(webhookId, deliveryId));
  }

  async #page(filter: DeliveryFilter, { limit = DEFAULT_PAGE, cursor }: PageQuery): Promise<DeliveryListDto> {
    const before = cursor === undefined ? undefined : decodePosition(cursor);
    const found = await this.webhooks.deliveries(filter, limit + 1, before);
    const last = found.length > limit ? found[limit - 1] : undefined;
    return {
      items: found.slice(0, limit).map(presentDelivery),
      next_cursor: last ? encodePosition(last.position) : null,
    };
  }
}
