import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { AppError, CLOCK, unixSeconds } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { Authenticator, CONFIG, Metrics, Public, RequireScope } from '@jiga/platform';
import type { JigaConfig } from '@jiga/platform';

import { ApiProblems } from '../http/api-problems.decorator.js';
import { ServerMetricsDto } from './metrics.dto.js';
import { ServerFigures } from './server-figures.js';

@ApiTags('Operations')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@Controller('api/v1/jiga/metrics')
export class MetricsController {
  readonly #startedAtMs: number;

  constructor(
    @Inject(ServerFigures) private readonly figures: ServerFigures,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#startedAtMs = clock.monotonicMs();
  }

  @Get()
  @RequireScope('sessions:read')
  @ApiOperation({
    operationId: 'getServerMetrics',
    summary: 'Read the figures of the server',
    description: 'Counts since it started, over all sessions. Prometheus text is at /metrics.',
  })
  @ApiOkResponse({ description: 'The figures.', type: ServerMetricsDto })
  read(): ServerMetricsDto {
    const { sessions, operations, frames, heavyAnalyses, gameEvents, callouts, teamMessages } = this.figures.totals();
    const byState = this.figures.liveByState();
    const active = Object.values(byState).reduce((sum, count) => sum + count, 0);
    return {
      timestamp: unixSeconds(this.clock),
      uptime: (this.clock.monotonicMs() - this.#startedAtMs) / 1000,
      sessions: { active, by_state: byState, ...sessions },
      failed_sessions: sessions.failed,
      total_operations: operations.total,
      failed_operations: operations.failed,
      last_operation_time: operations.lastAt,
      frames,
      heavy_analyses: heavyAnalyses,
      game_events: gameEvents,
      callouts,
      team_messages: teamMessages,
    };
  }
}

@ApiTags('Operations')
@ApiSecurity('bearer')
@ApiSecurity('api_key')
@ApiProblems('unauthenticated', 'forbidden', 'rate_limited')
@Public()
@Controller('metrics')
export class PrometheusController {
  constructor(
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(CONFIG) private readonly config: JigaConfig,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getPrometheusMetrics',
    summary: 'Read the figures of the server for Prometheus',
    description: 'Needs an admin credential unless JIGA_METRICS_PUBLIC is true.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: 'Prometheus text format 0.0.4.',
    content: {
      'text/plain': {
        schema: { type: 'string' },
        example: '# TYPE jiga_sessions gauge\njiga_sessions{state="active"} 3\n',
      },
    },
  })
  async expose(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!this.config.telemetry.metricsArePublic) {
      const { isAdmin } = await this.authenticator.authenticateRequest(request.raw);
      if (!isAdmin) throw new AppError('forbidden', 'This needs the scope admin.');
    }
    void reply.header('content-type', this.metrics.contentType).header('cache-control', 'no-store');
    return this.metrics.expose();
  }
}
