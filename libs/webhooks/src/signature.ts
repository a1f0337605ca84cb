import { createHmac, randomBytes } from 'node:crypto';

import type { Webhook } from './webhook.js';

const SECRET_PREFIX = 'whsec_';
/** Standard Webhooks asks for 24 to 64 bytes. */
const SECRET_BYTES = 32;

/** A new signing secret: `whsec_` and 256 random bits in base64. */
export const newSecret = (): string => SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');

/**
 * One signature of Standard Webhooks 1.0: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body` under the bytes that
 * the secret holds. `timestamp` is whole Unix seconds.
 */
export function sign(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** The headers of a message. While a rotated secret still holds, both sign, separated by a space. */
export function signedHeaders(webhook: Webhook, id: string, atSeconds: number, body: string): Record<string, string> {
  const timestamp = Math.floor(atSeconds);
  const { secret, previousSecret } = webhook;
  const secrets = previousSecret && previousSecret.until > atSeconds ? [secret, previousSecret.secret] : [secret];
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': secrets.map((each) => sign(each, id, timestamp, body)).join(' '),
  };
}
