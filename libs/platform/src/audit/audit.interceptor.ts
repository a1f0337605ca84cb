import { Inject, Injectable, SetMetadata } from '@nestjs/common';
import type { CallHandler, CustomDecorator, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { mergeMap } from 'rxjs';
import type { Observable } from 'rxjs';

import { AuditTrail, type Deed } from './audit-trail.js';

const AUDITED = 'jiga:audited';

/** What an entry says of a request that succeeded. */
export interface AuditOptions<Answer> {
  /** What it was done to, from the answer; without it, the last path parameter. */
  readonly target?: (answer: Answer) => string;
  /** More about it; never secrets. */
  readonly detail?: (answer: Answer) => Readonly<Record<string, unknown>>;
}

interface AuditMetadata extends AuditOptions<unknown> {
  readonly action: string;
}

/** The route's successes go into the audit trail, before they are answered. */
export const Audited = <Answer>(action: string, options: AuditOptions<Answer> = {}): CustomDecorator =>
  SetMetadata(AUDITED, { action, ...options });

/** Does what {@link Audited} says. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    @Inject(AuditTrail) private readonly trail: AuditTrail,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const audited = this.reflector.get<AuditMetadata | undefined>(AUDITED, context.getHandler());
    if (!audited) return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        await this.trail.record(toDeed(audited, request, answer));
        return answer;
      }),
    );
  }
}

function toDeed({ action, target, detail }: AuditMetadata, request: FastifyRequest, answer: unknown): Deed {
  const parameters = Object.values((request.params ?? {}) as Readonly<Record<string, string>>);
  return {
    action,
    target: target?.(answer) ?? parameters.at(-1) ?? null,
    ...(detail && { detail: detail(answer) }),
  };
}
