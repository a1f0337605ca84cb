import { Inject, Injectable, SetMetadata } from '@nestjs/common';
import type { CallHandler, CustomDecorator, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';

import { CLOCK } from '@jiga/contracts';
import type { CancelTimer, Clock } from '@jiga/contracts';
import { TimelineService } from '@jiga/timeline';

const AT_ONCE = 'jiga:answers-at-once';
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Past this the database is in trouble; what the request itself had to keep is kept. */
const LONGEST_WAIT_MS = 2_000;

/** The route is too busy to wait for a disk: an event that it causes may be lost with the process. */
export const AnswersAtOnce = (): CustomDecorator => SetMetadata(AT_ONCE, true);

/**
 * An answer to a request that changed something is sent when the events that tell of it are kept, so that a crash right
 * after it loses none. Requests that come together wait for one write together.
 */
@Injectable()
export class DurableAnswersInterceptor implements NestInterceptor {
  constructor(
    @Inject(TimelineService) private readonly timeline: TimelineService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http' || !this.#waits(context)) return next.handle();
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        await this.#flushed();
        return answer;
      }),
    );
  }

  #waits(context: ExecutionContext): boolean {
    const { method } = context.switchToHttp().getRequest<FastifyRequest>();
    const targets = [context.getHandler(), context.getClass()];
    return !READING.has(method) && !this.reflector.getAllAndOverride<boolean | undefined>(AT_ONCE, targets);
  }

  async #flushed(): Promise<void> {
    let cancel: CancelTimer = () => {};
    const limit = new Promise<void>((resolve) => (cancel = this.clock.after(LONGEST_WAIT_MS, resolve)));
    await Promise.race([this.timeline.flush(), limit]);
    cancel();
  }
}
