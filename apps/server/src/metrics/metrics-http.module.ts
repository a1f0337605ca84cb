import { Module } from '@nestjs/common';

import { SessionsModule } from '@jiga/sessions';

import { MetricsController, PrometheusController } from './metrics.controller.js';
import { ServerFigures } from './server-figures.js';

@Module({
  imports: [SessionsModule],
  controllers: [MetricsController, PrometheusController],
  providers: [ServerFigures],
})
export class MetricsHttpModule {}
