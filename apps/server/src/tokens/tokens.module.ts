import { Inject, Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';

import { CLOCK, isId } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import {
  ApiKeys,
  Authenticator,
  SessionTokenCodec,
  SessionTokens,
  SessionTokenVerifier,
  type TokenSession,
} from '@jiga/platform';
import { SessionsModule, SessionsService } from '@jiga/sessions';

import { TokensController } from './tokens.controller.js';

/** Session tokens: issued here, and accepted wherever credentials are. */
@Module({ imports: [SessionsModule], controllers: [TokensController] })
export class TokensModule implements OnModuleInit {
  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(SessionTokenCodec) private readonly codec: SessionTokenCodec,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(ApiKeys) private readonly keys: ApiKeys,
    @Inject(SessionTokens) private readonly tokens: SessionTokens,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const { codec, clock } = this;
    this.authenticator.add(
      new SessionTokenVerifier({
        codec,
        clock,
        findSession: (id) => Promise.resolve(this.#findSession(id)),
        isTokenActive: (id) => this.tokens.isActive(id),
        // Of issuers, keys alone can be revoked; the others hold as long as the server has them.
        isIssuerActive: (id) => (isId('api_key', id) ? this.keys.isActive(id) : Promise.resolve(true)),
      }),
    );
  }

  #findSession(id: string): TokenSession | null {
    const live = this.sessions.peek(id);
    if (!live) return null;
    const { owner, configuration } = live.record;
    return { owner, permissions: configuration.permissions, hasEnded: live.signal.aborted };
  }
}
