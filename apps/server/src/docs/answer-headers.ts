import type { JsonObject } from '@jiga/contracts';

const text = (description: string, example: string): JsonObject => ({
  description,
  schema: { type: 'string', example },
});

/** Header fields that answers have whatever their route. */
const HEADERS = {
  RequestId: [
    'X-Request-Id',
    text("Names this request in the logs: the caller's own, or one of ours.", 'my-request-1'),
  ],
  RateLimitPolicy: [
    'RateLimit-Policy',
    text('The limit of the credential: `q` requests in `w` seconds.', '"default";q=6000;w=60'),
  ],
  RateLimit: [
    'RateLimit',
    text('Where the credential stands: `r` requests left, one more in `t` seconds.', '"default";r=5999;t=1'),
  ],
  RetryAfter: [
    'Retry-After',
    { description: 'Seconds to wait, where that is known.', schema: { type: 'integer', minimum: 0, example: 1 } },
  ],
  Replayed: ['Idempotent-Replayed', text('`true` when this is the kept answer to an earlier request.', 'true')],
  Authenticate: ['WWW-Authenticate', text('How to authenticate.', 'Bearer realm="jiga"')],
} as const satisfies Readonly<Record<string, readonly [string, JsonObject]>>;

type HeaderName = keyof typeof HEADERS;

export const HEADER_COMPONENTS = Object.fromEntries(
  Object.entries(HEADERS).map(([name, [, header]]) => [name, { ...header }]),
);

interface Described {
  readonly security?: unknown[];
  readonly parameters?: readonly { readonly name?: string }[];
  readonly responses: Record<string, { headers?: Record<string, unknown> }>;
}

/** Refused before the credential is known, so nobody's limit is counted. */
const BEFORE_LIMIT = new Set(['400', '401', '408', '431']);
const MAY_WAIT = new Set(['409', '429', '503']);

/** Adds to each answer of an operation the header fields that it may have. */
export function addAnswerHeaders({ security, parameters, responses }: Described): void {
  const isLimited = (security?.length ?? 0) > 0;
  const isIdempotent = parameters?.some(({ name }) => name === 'Idempotency-Key') ?? false;
  for (const [status, response] of Object.entries(responses)) {
    const names: HeaderName[] = ['RequestId'];
    if (isLimited && !BEFORE_LIMIT.has(status)) names.push('RateLimit', 'RateLimitPolicy');
    if (MAY_WAIT.has(status)) names.push('RetryAfter');
    if (status === '401') names.push('Authenticate');
    if (isIdempotent && status.startsWith('2')) names.push('Replayed');
    const added = names.map((name) => [HEADERS[name][0], { $ref: `#/components/headers/${name}` }]);
    response.headers = { ...response.headers, ...(Object.fromEntries(added) as Record<string, unknown>) };
  }
}
