import { Inject, Injectable, SetMetadata } from '@nestjs/common';
import type { CallHandler, CustomDecorator, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';

import { AppError } from '@jiga/contracts';

import { credentialOf } from '../auth/auth.guard.js';
import { pathOf } from '../errors/send-problem.js';
import { digest, Idempotency, type Answer } from './idempotency.service.js';

const IDEMPOTENT = 'jiga:idempotent';
const KEY_FORM = /^[\x21-\x7e]{1,255}$/;
/** Header fields of an answer that its replay has too. */
const REPLAYED_FIELDS = ['location'];

/**
 * The route creates: with an `Idempotency-Key` it has its effect once. Its handler answers with a value (not through
 * `@Res()` alone).
 */
export const Idempotent = (): CustomDecorator => SetMetadata(IDEMPOTENT, true);

/** Does what {@link Idempotent} says. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(Idempotency) private readonly idempotency: Idempotency,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const isIdempotent = this.reflector.get<boolean | undefined>(IDEMPOTENT, context.getHandler());
    const key = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
    return isIdempotent && key !== undefined ? from(this.#once(context, next, String(key))) : next.handle();
  }

  async #once(context: ExecutionContext, next: CallHandler, idempotencyKey: string): Promise<unknown> {
    if (!KEY_FORM.test(idempotencyKey)) throw badKey();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { answer, isReplay } = await this.idempotency.once(
      {
        scope: [credentialOf(context)?.id ?? '', request.method, pathOf(request)],
        idempotencyKey,
        fingerprint: fingerprintOf(request),
      },
      async () => toAnswer(await lastValueFrom(next.handle()), request, reply),
    );
    if (isReplay) {
      void reply.status(answer.status).headers({ ...answer.headers, 'idempotent-replayed': 'true' });
    }
    return JSON.parse(answer.body);
  }
}

function toAnswer(value: unknown, request: FastifyRequest, reply: FastifyReply): Answer {
  const fields = REPLAYED_FIELDS.flatMap((name) => {
    const field = reply.getHeader(name);
    return field === undefined ? [] : [[name, String(field)]];
  });
  return {
    status: reply.statusCode,
    headers: Object.fromEntries(fields),
    body: JSON.stringify(value ?? null),
    sessionId: sessionOf(value) ?? sessionOf(request.params),
  };
}

/** The session that an answer made, or else that its path names. */
function sessionOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('session_id' in value)) return null;
  return typeof value.session_id === 'string' ? value.session_id : null;
}

/** Of the content, not of how it was written: the order of keys and spaces do not matter. */
function fingerprintOf({ body, query }: FastifyRequest): string {
  if (Buffer.isBuffer(body)) return digest(body);
  return digest(JSON.stringify([body ?? null, query ?? null], sortKeys));
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function badKey(): AppError {
  const detail = 'Idempotency-Key must be 1 to 255 visible ASCII characters';
  return new AppError('validation_failed', `${detail}.`, {
    fields: [{ pointer: '', code: 'bad_format', detail }],
  });
}
