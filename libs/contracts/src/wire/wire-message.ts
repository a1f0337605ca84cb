import type { ErrorCode } from '../errors.js';
import { number, object } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';

/** What an `error` of any socket may say: to a message, or to the connection. */
export const SOCKET_ERROR_CODES: readonly ErrorCode[] = [
  'malformed_json',
  'invalid_message',
  'unknown_message_type',
  'message_too_large',
  'rate_limited',
  'unauthenticated',
  'identity_provider_unavailable',
  'forbidden',
  'session_not_found',
  'session_closed',
  'socket_limit',
  'draining',
  'internal',
];

/** Of a `ping`. */
export const HEARTBEAT = {
  heartbeat: {
    type: 'boolean',
    description:
      'true: sent by itself to see whether the connection lives. It does not keep the session from being idle.',
  },
} as const;

/** One message of a socket, as it is documented and checked. */
export interface WireMessage {
  readonly type: string;
  /** Who sends it. */
  readonly from: 'client' | 'server';
  readonly summary: string;
  /** Of the JSON message, or of the JSON header when `isBinary`. */
  readonly schema: JsonSchema;
  readonly example: Readonly<Record<string, unknown>>;
  /** A 4-byte big-endian header length, the header, and the bytes it describes. */
  readonly isBinary?: boolean;
}

/** One socket of the public API. */
export interface WireChannel {
  readonly id: string;
  /** With `{session_id}`. */
  readonly path: string;
  readonly summary: string;
  readonly messages: readonly WireMessage[];
}

/** Ids that a client may give a message; whatever answers it carries them. */
export const MESSAGE_IDS: Readonly<Record<string, JsonSchema>> = {
  request_id: { type: ['string', 'integer'], maxLength: 128, description: 'Yours; answers carry it.' },
  frame_id: { type: ['string', 'integer'], maxLength: 128, description: 'Yours; answers carry it.' },
};

/** What the server puts on each of its messages. */
export const SERVER_STAMP: Readonly<Record<string, JsonSchema>> = {
  timestamp: { type: 'number', description: 'When it was sent, Unix seconds.' },
  seq: { type: 'integer', minimum: 1, description: 'Counts the messages of this connection.' },
};

/** The same on every socket: sent when a stop of the server begins. */
export const SESSION_MOVING: WireMessage = {
  type: 'session.moving',
  from: 'server',
  summary: 'The server is about to stop: connect elsewhere by the deadline, when the socket closes with 1001.',
  schema: object({
    type: { type: 'string', const: 'session.moving' },
    deadline: number('Unix seconds.'),
    ...SERVER_STAMP,
  }),
  example: { type: 'session.moving', deadline: 1767225602.25, timestamp: 1767225600.25, seq: 9 },
};
