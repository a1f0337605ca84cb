import type { VariableName, VariableValues } from './variables.js';

export interface WebhookSettings {
  readonly max: number;
  /** Lower-case host names whose private addresses and plain http are allowed. */
  readonly allowedHosts: readonly string[];
  readonly timeoutMs: number;
  readonly retryDelaysMs: readonly number[];
  readonly concurrencyPerWebhook: number;
  readonly pendingPerWebhookMax: number;
  readonly retentionMs: number;
}

export interface TelemetrySettings {
  readonly metricsArePublic: boolean;
  /** OTLP/HTTP base URL; null = no traces. */
  readonly otlpEndpoint: string | null;
  readonly serviceName: string;
}

export interface DeliveryConfig {
  readonly webhooks: WebhookSettings;
  readonly usage: { readonly pricesFile: string | null };
  readonly telemetry: TelemetrySettings;
  /** How long open sockets are left to clients that were told to move. */
  readonly socketMoveGraceMs: number;
}

export function deliveryConfig(read: <K extends VariableName>(name: K) => VariableValues[K]): DeliveryConfig {
  return {
    webhooks: {
      max: read('JIGA_WEBHOOKS_MAX'),
      allowedHosts: read('JIGA_WEBHOOK_ALLOWED_HOSTS') ?? [],
      timeoutMs: read('JIGA_WEBHOOK_TIMEOUT_MS'),
      // null while the settings are being checked and this one is wrong.
      retryDelaysMs: (read('JIGA_WEBHOOK_RETRY_DELAYS_S') ?? []).map((seconds) => seconds * 1000),
      concurrencyPerWebhook: read('JIGA_WEBHOOK_CONCURRENCY'),
      pendingPerWebhookMax: read('JIGA_WEBHOOK_PENDING_MAX'),
      retentionMs: read('JIGA_WEBHOOK_RETENTION_HOURS') * 3_600_000,
    },
    usage: { pricesFile: read('JIGA_PRICES_FILE') },
    telemetry: {
      metricsArePublic: read('JIGA_METRICS_PUBLIC') === 'true',
      otlpEndpoint: read('OTEL_EXPORTER_OTLP_ENDPOINT'),
      serviceName: read('OTEL_SERVICE_NAME'),
    },
    socketMoveGraceMs: read('JIGA_SOCKET_MOVE_GRACE_MS'),
  };
}
