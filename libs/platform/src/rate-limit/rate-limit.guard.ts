import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { AppError } from '@jiga/contracts';

import { credentialOf } from '../auth/auth.guard.js';
import { CONFIG, type JigaConfig } from '../config/config.js';
import { RateLimiter } from './rate-limiter.js';

const POLICY_NAME = '"default"';

/**
 * Holds each credential to its rate and tells it where it stands, in the header fields of
 * draft-ietf-httpapi-ratelimit-headers-11. Runs after the {@link AuthGuard}; public routes, health among them, have no
 * limit.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  readonly #policy: string;

  constructor(
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
    @Inject(CONFIG) { http }: JigaConfig,
  ) {
    this.#policy = `${POLICY_NAME};q=${http.rateLimit.requests};w=${http.rateLimit.windowS}`;
  }

  canActivate(context: ExecutionContext): boolean {
    const credential = credentialOf(context);
    if (!credential) return true;
    const { isAllowed, remaining, nextInS } = this.limiter.take(credential.id);
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    void reply.header('ratelimit-policy', this.#policy);
    void reply.header('ratelimit', `${POLICY_NAME};r=${remaining};t=${nextInS}`);
    if (isAllowed) return true;
    throw new AppError('rate_limited', 'This credential makes requests faster than it may.', {
      retryAfterSeconds: nextInS,
    });
  }
}
