import { AUDIO_VARIABLES } from './audio.variables.js';
import { DELIVERY_VARIABLES } from './delivery.variables.js';
import {
  httpUrl,
  integer,
  ipRange,
  keySetUrl,
  listOf,
  oneOf,
  passphrase,
  postgresUrl,
  secret,
  text,
  webOrigin,
  type Parse,
} from './parsers.js';
import { PROVIDER_VARIABLES } from './provider.variables.js';
import { STREAM_VARIABLES } from './stream.variables.js';
import { TIMELINE_VARIABLES } from './timeline.variables.js';
import { optional, required, type Variable } from './variable.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Every environment variable that the server reads, with its default and bounds. `.env.example` is this table. */
export const VARIABLES = {
  HOST: required('127.0.0.1', text, 'Address to listen on. Any other than loopback needs a credential below.'),
  PORT: required('3000', integer(0, 65_535), 'Port to listen on; 0 picks a free one and prints it.'),
  JIGA_PUBLIC_URL: optional(
    httpUrl,
    "What the `endpoints` of a session are built on; without it, the request's own origin.",
  ),
  JIGA_DATA_DIR: required('./data', text, 'Directory of the embedded database and of the development key.'),
  DATABASE_URL: optional(
    postgresUrl,
    'A PostgreSQL database, postgres://user:password@host:port/name; without it, the embedded one.',
  ),
  JIGA_DATABASE_POOL_MAX: required('10', integer(1, 200), 'Connections to PostgreSQL that the server holds at most.'),
  JIGA_ADMIN_KEY: optional(secret(16), 'An API key with every permission, accepted from the start.'),
  JIGA_KEY_PEPPER: optional(
    passphrase(32),
    'Secret that API keys are hashed and session tokens are signed with. Without it one is made in the data directory; a server that takes over a database needs the same.',
  ),
  JIGA_JWT_SECRET: optional(passphrase(32), 'Shared secret of JSON Web Tokens signed with HS256.'),
  JIGA_JWKS_URL: optional(keySetUrl, 'Public keys of the identity provider whose JSON Web Tokens are accepted.'),
  JIGA_JWT_ISSUER: optional(text, 'The `iss` that a JSON Web Token must have.'),
  JIGA_JWT_AUDIENCE: optional(text, 'The `aud` that a JSON Web Token must have.'),
  JIGA_JWT_OWNER_CLAIM: required('sub', text, 'The claim of a JSON Web Token that names the owner of its sessions.'),
  JIGA_AUTH_FAILURES_MAX: required(
    '20',
    integer(1, 100_000),
    'Wrong credentials from one address before each further one has to wait, longer each time.',
  ),
  JIGA_REVOCATION_CHECK_S: required(
    '5',
    integer(1, 3600),
    'How soon a socket closes whose key was revoked by another server or in the database itself, in seconds.',
  ),
  JIGA_TRUSTED_PROXIES: optional(
    listOf(ipRange),
    'Addresses of proxies whose X-Forwarded-For is believed, separated by commas.',
  ),
  JIGA_CORS_ORIGINS: optional(
    listOf(webOrigin),
    'Web origins whose pages may call the API, separated by commas, or *; without it, none.',
  ),
  JIGA_RATE_LIMIT_REQUESTS: required(
    '6000',
    integer(1, 10_000_000),
    'Requests that one credential may make in the window below.',
  ),
  JIGA_RATE_LIMIT_WINDOW_S: required('60', integer(1, 86_400), 'The window of that limit, in seconds.'),
  JIGA_IDEMPOTENCY_WAIT_MS: required(
    '10000',
    integer(0, 60_000),
    'Longest time that a request waits for its twin with the same Idempotency-Key, in milliseconds.',
  ),
  JIGA_IDEMPOTENCY_RECORDS_MAX: required(
    '100000',
    integer(100, 100_000_000),
    'Idempotency records kept; past it the oldest go before their 24 hours.',
  ),
  JIGA_LOG_LEVEL: required(
    'info',
    oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    'The least severe level that is logged.',
  ),
  JIGA_LOG_FORMAT: optional(
    oneOf(['pretty', 'json']),
    'pretty or json; without it, pretty on a terminal and json otherwise.',
  ),
  JIGA_DRAIN_TIMEOUT_MS: required(
    '5000',
    integer(0, 600_000),
    'Longest time that a stop waits for requests and sockets to end by themselves, and then for PostgreSQL to let go, in milliseconds.',
  ),
  JIGA_REQUEST_TIMEOUT_MS: required(
    '60000',
    integer(100, 3_600_000),
    'Longest time that a request may take to arrive whole, in milliseconds; it is found out up to a quarter later.',
  ),
  JIGA_BODY_MAX_BYTES: required(
    '262144',
    integer(KIB, 64 * MIB),
    'Largest request body, in bytes (routes that take a frame: the frame limit instead).',
  ),
  JIGA_SESSIONS_MAX: required('500', integer(1, 100_000), 'Live sessions on this server.'),
  JIGA_SESSIONS_PER_CREDENTIAL_MAX: required('100', integer(1, 100_000), 'Live sessions of one credential.'),
  JIGA_INGESTED_SESSIONS_MAX: required(
    '40',
    integer(0, 10_000),
    'Live sessions on this server whose stream (twitch, youtube, stream_url) it fetches itself.',
  ),
  JIGA_SESSION_IDLE_TIMEOUT_S: required(
    '1800',
    integer(0, 2_073_600),
    'Seconds without a frame, sound, message on a socket or changing request after which a session ends, unless it says otherwise; 0 = never.',
  ),
  JIGA_SESSION_MAX_DURATION_S: required(
    '0',
    integer(0, 2_073_600),
    'Age in seconds at which a session ends, unless it says otherwise; 0 = never.',
  ),
  JIGA_SESSION_FIGURES_INTERVAL_S: required(
    '5',
    integer(1, 3600),
    'How often the figures of live sessions are kept, in seconds; a crash may lose the counts of this time.',
  ),
  JIGA_SOCKETS_PER_SESSION_MAX: required(
    '8',
    integer(1, 1000),
    'Open WebSockets of one session; of one that has ended, readers of its events.',
  ),
  JIGA_SOCKET_MESSAGES_PER_SECOND_MAX: required(
    '200',
    integer(1, 100_000),
    'Messages a second that one WebSocket may send, averaged.',
  ),
  JIGA_SOCKET_MESSAGE_BURST_MAX: required(
    '400',
    integer(1, 100_000),
    'Messages that one WebSocket may send at once above that average.',
  ),
  JIGA_SOCKET_BUFFER_MAX_BYTES: required(
    '4194304',
    integer(64 * KIB, 256 * MIB),
    'Unsent bytes after which a slow reader is cut off.',
  ),
  JIGA_SOCKET_PING_INTERVAL_MS: required(
    '15000',
    integer(100, 600_000),
    'How often an idle WebSocket is pinged, in milliseconds; one that misses a ping is dropped.',
  ),
  JIGA_FRAME_MAX_BYTES: required('4194304', integer(KIB, 64 * MIB), 'Largest encoded frame, in bytes.'),
  JIGA_FRAME_MAX_PIXELS: required(
    '8294400',
    integer(1024, 100_000_000),
    'Largest frame, in pixels (width × height), read from its header before it is decoded.',
  ),
  JIGA_DECODE_WORKERS: optional(
    integer(0, 16),
    "Threads that look at frames when many or large ones come; 0 = only the event loop's. Without it, one where there is more than one core.",
  ),
  JIGA_VISION_WORKERS: optional(
    integer(1, 64),
    'Threads that read the HUD and text; without it, one for every two cores and at most four. Each takes about 80 MB.',
  ),
  JIGA_FRAME_RATE_TOLERANCE: required(
    '4',
    integer(1, 100_000),
    'Frames above so many times the max_fps of a session, averaged, are refused; short bursts are not.',
  ),
  JIGA_FRAMES_WAITING_MAX_BYTES: required(
    '8388608',
    integer(KIB, 1024 * MIB),
    'Bytes of the frames of one session that wait for their analysis; past it the oldest goes.',
  ),
  ...AUDIO_VARIABLES,
  ...TIMELINE_VARIABLES,
  ...DELIVERY_VARIABLES,
  ...PROVIDER_VARIABLES,
  ...STREAM_VARIABLES,
} as const satisfies Readonly<Record<string, Variable<unknown>>>;

export type VariableName = keyof typeof VARIABLES;

type Value<V> = V extends { fallback: null; parse: Parse<infer T> }
  ? T | null
  : V extends { parse: Parse<infer T> }
    ? T
    : never;
export type VariableValues = { readonly [K in VariableName]: Value<(typeof VARIABLES)[K]> };

/** The text of `.env.example`, generated from the table so that the two cannot differ. */
export function renderEnvExample(): string {
  const entries = Object.entries(VARIABLES).map(
    ([name, { meaning, fallback }]) => `# ${meaning}\n${fallback === null ? `# ${name}=` : `${name}=${fallback}`}\n`,
  );
  return ['# Every setting of the server, with its default.\n', ...entries].join('\n');
}
