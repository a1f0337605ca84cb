import type { Provider } from '@nestjs/common';

import { CLOCK } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';

import { CONFIG, type JigaConfig } from '../config/config.js';
import { EventBus } from '../event-bus/event-bus.js';
import { Shutdown } from '../lifecycle/shutdown.service.js';
import { API_KEY_STORE, type ApiKeyStore } from './api-key.store.js';
import { ApiKeyVerifier } from './api-key.verifier.js';
import { ApiKeys } from './api-keys.service.js';
import { AttemptLimiter } from './attempt-limiter.js';
import { Authenticator } from './authenticator.js';
import { CREDENTIAL_VERIFIERS, type CredentialVerifier } from './credential-verifier.port.js';
import { CredentialWatch } from './credential-watch.js';
import { JwtVerifier } from './jwt.verifier.js';
import { KyselyApiKeyStore } from './kysely-api-key.store.js';
import { KyselySessionTokenStore } from './kysely-session-token.store.js';
import { LastUse } from './last-use.js';
import { RemoteAddresses } from './remote-address.js';
import { RevocationCheck } from './revocation-check.js';
import { ServerSecret } from './server-secret.js';
import { SessionTokenCodec } from './session-token.js';
import { SESSION_TOKEN_STORE, type SessionTokenStore } from './session-token.store.js';
import { SessionTokens } from './session-tokens.service.js';

/** The parts of identity. `starting`: what is asked before issued keys and tokens. */
export const authProviders = (starting: readonly CredentialVerifier[]): Provider[] => [
  { provide: API_KEY_STORE, useClass: KyselyApiKeyStore },
  { provide: SESSION_TOKEN_STORE, useClass: KyselySessionTokenStore },
  { provide: ServerSecret, inject: [CONFIG], useFactory: (config: JigaConfig) => ServerSecret.load(config) },
  {
    provide: SessionTokenCodec,
    inject: [ServerSecret],
    useFactory: (secret: ServerSecret) => new SessionTokenCodec(secret),
  },
  {
    provide: RemoteAddresses,
    inject: [CONFIG],
    useFactory: ({ http }: JigaConfig) => new RemoteAddresses(http.trustedProxies),
  },
  {
    provide: AttemptLimiter,
    inject: [CLOCK, CONFIG],
    useFactory: (clock: Clock, { auth }: JigaConfig) => new AttemptLimiter(clock, { freeFailures: auth.failuresMax }),
  },
  { provide: CredentialWatch, inject: [EventBus, CLOCK, Shutdown], useFactory: createWatch },
  {
    provide: RevocationCheck,
    inject: [API_KEY_STORE, SESSION_TOKEN_STORE, CredentialWatch, CLOCK, CONFIG, Shutdown],
    useFactory: createRevocationCheck,
  },
  { provide: LastUse, inject: [API_KEY_STORE, CLOCK, Shutdown], useFactory: createLastUse },
  {
    provide: CREDENTIAL_VERIFIERS,
    inject: [API_KEY_STORE, ServerSecret, LastUse, CLOCK, CONFIG],
    useFactory: (store: ApiKeyStore, secret: ServerSecret, lastUse: LastUse, clock: Clock, config: JigaConfig) => [
      ...starting,
      new ApiKeyVerifier({ store, secret, lastUse, clock }),
      ...jwtVerifiers(config, clock),
    ],
  },
  Authenticator,
  ApiKeys,
  SessionTokens,
];

function createWatch(bus: EventBus, clock: Clock, shutdown: Shutdown): CredentialWatch {
  const watch = new CredentialWatch(bus, clock);
  shutdown.register('work', 'credential watch', () => watch.close());
  return watch;
}

function createRevocationCheck(
  keys: ApiKeyStore,
  tokens: SessionTokenStore,
  watch: CredentialWatch,
  clock: Clock,
  { auth }: JigaConfig,
  shutdown: Shutdown,
): RevocationCheck {
  const check = new RevocationCheck({ stores: [keys, tokens], watch, clock, intervalMs: auth.revocationCheckMs });
  shutdown.register('work', 'revocation check', () => check.close());
  return check;
}

function createLastUse(store: ApiKeyStore, clock: Clock, shutdown: Shutdown): LastUse {
  const lastUse = new LastUse(store, clock);
  shutdown.register('storage', 'use of keys', () => lastUse.close());
  return lastUse;
}

function jwtVerifiers({ auth: { jwt } }: JigaConfig, clock: Clock): CredentialVerifier[] {
  return jwt.secret === null && jwt.keySetUrl === null ? [] : [new JwtVerifier(jwt, clock)];
}
