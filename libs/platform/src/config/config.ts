import { isIP } from 'node:net';
import { resolve } from 'node:path';

import { audioConfig, type AudioConfig } from './audio.config.js';
import { deliveryConfig, type DeliveryConfig } from './delivery.config.js';
import { providerConfig, type ProviderConfig } from './provider.config.js';
import { streamConfig, type StreamConfig } from './stream.config.js';
import { timelineConfig, type TimelineConfig } from './timeline.config.js';
import { VARIABLES, type VariableName, type VariableValues } from './variables.js';

/** The server's settings: read once, frozen. Units are in the names. */
export interface JigaConfig extends AudioConfig, DeliveryConfig, ProviderConfig, StreamConfig, TimelineConfig {
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** Without a trailing slash. */
    readonly publicUrl: string | null;
    /** From its first byte to its last. */
    readonly requestTimeoutMs: number;
    readonly bodyMaxBytes: number;
    readonly drainTimeoutMs: number;
    /** Whether only this machine can connect. */
    readonly isLoopback: boolean;
  };
  /** Absolute path. */
  readonly dataDir: string;
  readonly database: {
    /** Of PostgreSQL; null = the embedded database in `dataDir`. */
    readonly url: string | null;
    readonly poolMax: number;
  };
  readonly auth: {
    readonly adminKey: string | null;
    readonly keyPepper: string | null;
    readonly jwt: {
      readonly secret: string | null;
      readonly keySetUrl: string | null;
      readonly issuer: string | null;
      readonly audience: string | null;
      readonly ownerClaim: string;
    };
    /** Wrong credentials of one address before it has to wait. */
    readonly failuresMax: number;
    /** How often open sockets are looked after whose key somebody else may have revoked. */
    readonly revocationCheckMs: number;
  };
  readonly http: {
    /** Addresses and CIDR blocks. */
    readonly trustedProxies: readonly string[];
    readonly corsOrigins: readonly string[];
    readonly rateLimit: { readonly requests: number; readonly windowS: number };
    readonly idempotency: { readonly waitMs: number; readonly recordsMax: number };
  };
  readonly logging: { readonly level: VariableValues['JIGA_LOG_LEVEL']; readonly format: 'pretty' | 'json' | null };
  readonly sessions: {
    readonly max: number;
    readonly perCredentialMax: number;
    readonly socketsPerSessionMax: number;
    /** Of sessions whose stream this server fetches itself. */
    readonly ingestedMax: number;
    /** Of sessions that do not say; null = never. */
    readonly idleTimeoutS: number | null;
    readonly maxDurationS: number | null;
    /** How often the figures of live sessions are kept. */
    readonly figuresIntervalMs: number;
  };
  readonly sockets: {
    readonly messagesPerSecondMax: number;
    readonly messageBurstMax: number;
    readonly bufferMaxBytes: number;
    readonly pingIntervalMs: number;
  };
  readonly frames: {
    readonly maxBytes: number;
    readonly maxPixels: number;
    /** Times the `max_fps` of a session. */
    readonly rateTolerance: number;
    /** Of one session. */
    readonly waitingMaxBytes: number;
  };
  readonly vision: {
    /** Recognition threads; null = as many as the machine suggests. */
    readonly workers: number | null;
    /** Threads that look at every frame; null = as many as the machine suggests, 0 = the event loop's own. */
    readonly decodeWorkers: number | null;
  };
}

/** Injection token of the {@link JigaConfig}. */
export const CONFIG = Symbol.for('jiga:config');

export type Environment = Readonly<Record<string, string | undefined>>;

/** The server cannot start with these settings; `message` tells the operator what to change. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the settings. Throws {@link ConfigError} naming every variable that is wrong, never showing a value of a secret. */
export function loadConfig(environment: Environment = process.env): JigaConfig {
  const problems: string[] = [];
  const read = <K extends VariableName>(name: K): VariableValues[K] => {
    const { fallback, parse } = VARIABLES[name];
    const raw = environment[name]?.trim() || fallback;
    if (raw === null) return null as VariableValues[K];
    try {
      return parse(raw) as VariableValues[K];
    } catch (error) {
      problems.push(`${name} ${error instanceof Error ? error.message : String(error)}`);
      return null as VariableValues[K];
    }
  };
  const config = toConfig(read);
  if (problems.length > 0) throw new ConfigError(`The settings are not valid:\n  ${problems.join('\n  ')}`);
  return deepFreeze(config);
}

function toConfig(read: <K extends VariableName>(name: K) => VariableValues[K]): JigaConfig {
  const host = read('HOST');
  return {
    server: {
      host,
      port: read('PORT'),
      publicUrl: read('JIGA_PUBLIC_URL'),
      requestTimeoutMs: read('JIGA_REQUEST_TIMEOUT_MS'),
      bodyMaxBytes: read('JIGA_BODY_MAX_BYTES'),
      drainTimeoutMs: read('JIGA_DRAIN_TIMEOUT_MS'),
      isLoopback: isLoopbackHost(host),
    },
    dataDir: resolve(read('JIGA_DATA_DIR')),
    database: { url: read('DATABASE_URL'), poolMax: read('JIGA_DATABASE_POOL_MAX') },
    auth: {
      adminKey: read('JIGA_ADMIN_KEY'),
      keyPepper: read('JIGA_KEY_PEPPER'),
      jwt: {
        secret: read('JIGA_JWT_SECRET'),
        keySetUrl: read('JIGA_JWKS_URL'),
        issuer: read('JIGA_JWT_ISSUER'),
        audience: read('JIGA_JWT_AUDIENCE'),
        ownerClaim: read('JIGA_JWT_OWNER_CLAIM'),
      },
      failuresMax: read('JIGA_AUTH_FAILURES_MAX'),
      revocationCheckMs: read('JIGA_REVOCATION_CHECK_S') * 1000,
    },
    http: {
      trustedProxies: read('JIGA_TRUSTED_PROXIES') ?? [],
      corsOrigins: read('JIGA_CORS_ORIGINS') ?? [],
      rateLimit: { requests: read('JIGA_RATE_LIMIT_REQUESTS'), windowS: read('JIGA_RATE_LIMIT_WINDOW_S') },
      idempotency: { waitMs: read('JIGA_IDEMPOTENCY_WAIT_MS'), recordsMax: read('JIGA_IDEMPOTENCY_RECORDS_MAX') },
    },
    logging: { level: read('JIGA_LOG_LEVEL'), format: read('JIGA_LOG_FORMAT') },
    ...socketConfig(read),
    frames: {
      maxBytes: read('JIGA_FRAME_MAX_BYTES'),
      maxPixels: read('JIGA_FRAME_MAX_PIXELS'),
      rateTolerance: read('JIGA_FRAME_RATE_TOLERANCE'),
      waitingMaxBytes: read('JIGA_FRAMES_WAITING_MAX_BYTES'),
    },
    vision: { workers: read('JIGA_VISION_WORKERS') ?? null, decodeWorkers: read('JIGA_DECODE_WORKERS') ?? null },
    ...audioConfig(read),
    ...deliveryConfig(read),
    ...providerConfig(read),
    ...streamConfig(read),
    ...timelineConfig(read),
  };
}

function socketConfig(
  read: <K extends VariableName>(name: K) => VariableValues[K],
): Pick<JigaConfig, 'sessions' | 'sockets'> {
  return {
    sessions: {
      max: read('JIGA_SESSIONS_MAX'),
      perCredentialMax: read('JIGA_SESSIONS_PER_CREDENTIAL_MAX'),
      socketsPerSessionMax: read('JIGA_SOCKETS_PER_SESSION_MAX'),
      ingestedMax: read('JIGA_INGESTED_SESSIONS_MAX'),
      idleTimeoutS: read('JIGA_SESSION_IDLE_TIMEOUT_S') || null,
      maxDurationS: read('JIGA_SESSION_MAX_DURATION_S') || null,
      figuresIntervalMs: read('JIGA_SESSION_FIGURES_INTERVAL_S') * 1000,
    },
    sockets: {
      messagesPerSecondMax: read('JIGA_SOCKET_MESSAGES_PER_SECOND_MAX'),
      messageBurstMax: read('JIGA_SOCKET_MESSAGE_BURST_MAX'),
      bufferMaxBytes: read('JIGA_SOCKET_BUFFER_MAX_BYTES'),
      pingIntervalMs: read('JIGA_SOCKET_PING_INTERVAL_MS'),
    },
  };
}

/** Of the public contract, for servers that work together, which this version's do not yet. */
const UNUSED = new Set(['NATS_URL']);

/** Variables with our prefix that nothing reads: most likely a slip of the pen, so the start warns of them. */
export function unknownVariables(environment: Environment = process.env): string[] {
  return Object.keys(environment).filter(
    (name) => (name.startsWith('JIGA_') && !(name in VARIABLES)) || (UNUSED.has(name) && environment[name]),
  );
}

function isLoopbackHost(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part as object);
  return Object.freeze(value);
}
