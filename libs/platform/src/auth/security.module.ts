import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, OnModuleInit, Provider } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';

import { CLOCK } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';

import { AuditInterceptor } from '../audit/audit.interceptor.js';
import { AuditListener } from '../audit/audit-listener.js';
import { AUDIT_MIGRATIONS } from '../audit/audit.migrations.js';
import { AUDIT_STORE, type AuditStore } from '../audit/audit.store.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { KyselyAuditStore } from '../audit/kysely-audit.store.js';
import { CONFIG, type JigaConfig } from '../config/config.js';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js';
import { IDEMPOTENCY_MIGRATIONS } from '../idempotency/idempotency.migrations.js';
import { Idempotency } from '../idempotency/idempotency.service.js';
import { IDEMPOTENCY_STORE, type IdempotencyStore } from '../idempotency/idempotency.store.js';
import { KyselyIdempotencyStore } from '../idempotency/kysely-idempotency.store.js';
import { Shutdown } from '../lifecycle/shutdown.service.js';
import { RateLimiter } from '../rate-limit/rate-limiter.js';
import { RateLimitGuard } from '../rate-limit/rate-limit.guard.js';
import type { NamedMigration } from '../storage/database.js';
import { RetentionService } from '../storage/retention.service.js';
import { UserDataErasers } from '../storage/user-data.service.js';
import { ApiKeys } from './api-keys.service.js';
import { AUTH_MIGRATIONS } from './auth.migrations.js';
import { AuthGuard } from './auth.guard.js';
import { authProviders } from './auth.providers.js';
import { Authenticator } from './authenticator.js';
import type { CredentialVerifier } from './credential-verifier.port.js';
import { CredentialWatch } from './credential-watch.js';
import { RemoteAddresses } from './remote-address.js';
import { ServerSecret } from './server-secret.js';
import { SessionTokenCodec } from './session-token.js';
import { SESSION_TOKEN_STORE, type SessionTokenStore } from './session-token.store.js';
import { SessionTokens } from './session-tokens.service.js';

/** The tables of this module. */
export const SECURITY_MIGRATIONS: readonly NamedMigration[] = [
  ...AUTH_MIGRATIONS,
  ...IDEMPOTENCY_MIGRATIONS,
  ...AUDIT_MIGRATIONS,
];

/** The order of guards and interceptors is that of their call: who, how often; once, written down. */
const CHAIN: Provider[] = [
  { provide: APP_GUARD, useClass: AuthGuard },
  { provide: APP_GUARD, useClass: RateLimitGuard },
  { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
  { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
];

const RATE_AND_ONCE: Provider[] = [
  {
    provide: RateLimiter,
    inject: [CLOCK, CONFIG],
    useFactory: (clock: Clock, { http }: JigaConfig) => new RateLimiter(clock, http.rateLimit),
  },
  { provide: IDEMPOTENCY_STORE, useClass: KyselyIdempotencyStore },
  {
    provide: Idempotency,
    inject: [IDEMPOTENCY_STORE, ServerSecret, CLOCK, CONFIG, UserDataErasers, Shutdown],
    useFactory: createIdempotency,
  },
];

const AUDIT: Provider[] = [
  { provide: AUDIT_STORE, useClass: KyselyAuditStore },
  { provide: AuditTrail, inject: [AUDIT_STORE, CLOCK, CONFIG, RetentionService, Shutdown], useFactory: createTrail },
  AuditListener,
];

/** What is kept of a token goes a day after it has expired: until then a revocation that is repeated says the same. */
const TOKENS_KEPT_MS = 86_400_000;

/** Who is calling, what they may do, how often, once only, and the trail of it. Global; needs the database. */
@Module({})
export class SecurityModule implements OnModuleInit {
  constructor(
    @Inject(SESSION_TOKEN_STORE) private readonly tokens: SessionTokenStore,
    @Inject(RetentionService) private readonly retention: RetentionService,
    @Inject(UserDataErasers) private readonly erasers: UserDataErasers,
  ) {}

  onModuleInit(): void {
    this.erasers.add('session_tokens', ({ sessionIds }) => this.tokens.forgetSessions(sessionIds));
    this.retention.add({
      name: 'session tokens',
      ttlMs: TOKENS_KEPT_MS,
      remove: (before, limit) => this.tokens.removeExpired(before, limit),
    });
  }

  /** @param starting ways to log in that hold from the start */
  static register(starting: readonly CredentialVerifier[]): DynamicModule {
    return {
      module: SecurityModule,
      global: true,
      providers: [...authProviders(starting), ...RATE_AND_ONCE, ...AUDIT, ...CHAIN],
      exports: [
        Authenticator,
        ApiKeys,
        AuditTrail,
        AUDIT_STORE,
        CredentialWatch,
        Idempotency,
        RemoteAddresses,
        ServerSecret,
        SessionTokenCodec,
        SessionTokens,
      ],
    };
  }
}

async function createIdempotency(
  store: IdempotencyStore,
  secret: ServerSecret,
  clock: Clock,
  config: JigaConfig,
  erasers: UserDataErasers,
  shutdown: Shutdown,
): Promise<Idempotency> {
  erasers.add('idempotency_records', ({ sessionIds }) => store.forgetSessions(sessionIds));
  const idempotency = new Idempotency(store, secret, clock, config);
  shutdown.register('storage', 'idempotency', () => idempotency.close());
  await idempotency.releaseDead();
  return idempotency;
}

function createTrail(
  store: AuditStore,
  clock: Clock,
  config: JigaConfig,
  retention: RetentionService,
  shutdown: Shutdown,
): AuditTrail {
  retention.add({
    name: 'audit entries',
    ttlMs: config.retention.auditMs,
    remove: (before, limit) => store.removeBefore(before, limit),
  });
  const trail = new AuditTrail(store, clock);
  shutdown.register('storage', 'audit trail', () => trail.close());
  return trail;
}
