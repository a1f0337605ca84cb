import { hostName, integer, listOf, oneOf, text } from './parsers.js';
import { optional, required } from './variable.js';

/** Settings of webhooks, usage, telemetry and of the end of sockets. */
export const DELIVERY_VARIABLES = {
  JIGA_WEBHOOKS_MAX: required('100', integer(0, 10_000), 'Webhooks that may be registered.'),
  JIGA_WEBHOOK_ALLOWED_HOSTS: optional(
    listOf(hostName),
    'Hosts, separated by commas, that webhooks may reach though their address is private, and over http.',
  ),
  JIGA_WEBHOOK_TIMEOUT_MS: required(
    '10000',
    integer(100, 120_000),
    'Longest time that a webhook receiver may take to answer, in milliseconds.',
  ),
  JIGA_WEBHOOK_RETRY_DELAYS_S: required(
    '5,300,1800,7200,18000,36000,50400,72000,86400',
    listOf(integer(0, 7 * 86_400)),
    'Waits before each further attempt of a webhook delivery, in seconds; after the last it is a dead letter.',
  ),
  JIGA_WEBHOOK_CONCURRENCY: required('4', integer(1, 100), 'Deliveries under way at once to one webhook.'),
  JIGA_WEBHOOK_PENDING_MAX: required(
    '10000',
    integer(10, 10_000_000),
    'Deliveries that may wait for one webhook; further events are counted as dropped.',
  ),
  JIGA_WEBHOOK_RETENTION_HOURS: required(
    '168',
    integer(1, 100_000),
    'How long finished deliveries and dead letters are kept, in hours.',
  ),
  JIGA_SOCKET_MOVE_GRACE_MS: required(
    '2000',
    integer(0, 600_000),
    'How long a stop leaves open sockets to clients that were told to move, in milliseconds.',
  ),
  JIGA_PRICES_FILE: optional(text, 'JSON file with the prices of remote models (see docs/operations.md).'),
  JIGA_METRICS_PUBLIC: required(
    'false',
    oneOf(['true', 'false']),
    'Whether /metrics (Prometheus) answers without a credential; otherwise it needs an admin credential.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(text, 'OTLP/HTTP endpoint, such as http://localhost:4318; turns traces on.'),
  OTEL_SERVICE_NAME: required('jiga', text, 'Name of this service in traces.'),
} as const;
