import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Public, ReadinessService } from '@jiga/platform';

import { LiveDto, ReadyDto } from './health.dto.js';

@ApiTags('Operations')
@Public()
@Controller('health')
export class HealthController {
  constructor(@Inject(ReadinessService) private readonly readiness: ReadinessService) {}

  @Get('live')
  @ApiOperation({
    operationId: 'getLive',
    summary: 'Whether the process answers',
    description: 'For a liveness probe.',
  })
  @ApiOkResponse({ description: 'It answers.', type: LiveDto })
  live(): LiveDto {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    operationId: 'getReady',
    summary: 'Whether the server takes work',
    description:
      'For a readiness probe: 503 tells in `checks` what is missing. It turns false as soon as a stop begins.',
  })
  @ApiOkResponse({ description: 'It takes work.', type: ReadyDto })
  @ApiServiceUnavailableResponse({
    description: 'Something is missing, or the server is stopping.',
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/ReadyDto' },
        example: { status: 'not_ready', checks: { draining: 'the server is stopping', storage: 'ok', vision: 'ok' } },
      },
    },
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadyDto> {
    const { ready, checks } = await this.readiness.read();
    void reply.status(ready ? 200 : 503);
    return { status: ready ? 'ready' : 'not_ready', checks };
  }
}
