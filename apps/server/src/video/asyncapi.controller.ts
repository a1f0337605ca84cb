import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import type { JsonDocument } from '@jiga/contracts';
import { CONFIG, Public } from '@jiga/platform';
import type { JigaConfig } from '@jiga/platform';

import { buildAsyncApi } from '../docs/asyncapi.js';

/** The description of the sockets, for the host that the reader came to. */
@ApiExcludeController()
@Public()
@Controller()
export class AsyncApiController {
  constructor(@Inject(CONFIG) private readonly config: JigaConfig) {}

  @Get('asyncapi.json')
  document(@Req() request: FastifyRequest): JsonDocument {
    const { publicUrl } = this.config.server;
    return buildAsyncApi(publicUrl === null ? request.host : new URL(publicUrl).host);
  }
}
