import { object } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';
import { SERVER_STAMP } from './wire-message.js';
import type { WireMessage } from './wire-message.js';

/** Members of a message by name. */
export type Fields = Readonly<Record<string, JsonSchema>>;

/** The members of a message beside its type. */
export interface MessageFields {
  readonly required?: Fields;
  readonly optional?: Fields;
}

/** Stamp of the examples. */
export const STAMP_EXAMPLE = { timestamp: 1767225600.25, seq: 2 };

/** The member that tells messages apart. */
export const typeOf = (type: string): { readonly type: JsonSchema } => ({ type: { type: 'string', const: type } });

/** A JSON message that a client sends. @param example its members without the type */
export const fromClient = (
  type: string,
  summary: string,
  { required = {}, optional = {} }: MessageFields,
  example: Readonly<Record<string, unknown>>,
): WireMessage => ({
  type,
  from: 'client',
  summary,
  schema: object({ ...typeOf(type), ...required }, optional),
  example: { type, ...example },
});

/** A JSON message that the server sends, with its stamp. @param example its members without type and stamp */
export const fromServer = (
  type: string,
  summary: string,
  { required = {}, optional = {} }: MessageFields,
  example: Readonly<Record<string, unknown>>,
): WireMessage => ({
  type,
  from: 'server',
  summary,
  schema: object({ ...typeOf(type), ...required, ...SERVER_STAMP }, optional),
  example: { type, ...STAMP_EXAMPLE, ...example },
});
