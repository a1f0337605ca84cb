import { AppError } from '@jiga/contracts';
import { parseEnvelope } from '@jiga/platform';

import { selectTypes, type TypeSelection } from './event-types.js';

/** What a client may say on the events socket, read and checked. */
export type EventsMessage =
  { readonly type: 'subscribe'; readonly selection: TypeSelection } | { readonly type: 'ping' };

type Fields = Readonly<Record<string, unknown>>;

export interface RequestIds {
  readonly request_id?: string | number;
}

const ID_LENGTH_MAX = 128;

/** The members of a message. Throws AppError `invalid_message`, `malformed_json` or `message_too_large`. */
export function readFields(data: Buffer, isBinary: boolean): Fields {
  if (isBinary) throw new AppError('invalid_message', 'This socket takes text messages only');
  // No member of these messages is bulky: nothing is lifted out.
  return parseEnvelope(data, '').fields;
}

/** The id of a message as far as it is valid: whatever answers the message carries it. */
export function readIds({ request_id: id }: Fields): RequestIds {
  if (typeof id === 'string' && id.length > 0 && id.length <= ID_LENGTH_MAX) return { request_id: id };
  return typeof id === 'number' && Number.isSafeInteger(id) ? { request_id: id } : {};
}

/** Throws AppError `invalid_message` or `unknown_message_type`. */
export function readEventsMessage(fields: Fields): EventsMessage {
  const { type, types } = fields;
  if (type === 'ping') return { type };
  if (type === 'subscribe') return { type, selection: readSelection(types) };
  if (typeof type !== 'string') throw wrong('type', 'must be a string');
  throw new AppError('unknown_message_type', 'This socket takes subscribe and ping');
}

function readSelection(types: unknown): TypeSelection {
  if (types === undefined || types === null) return { types: null, rejected: [] };
  if (!Array.isArray(types) || !types.every((type): type is string => typeof type === 'string')) {
    throw wrong('types', 'must be an array of strings');
  }
  return selectTypes(types);
}

const wrong = (name: string, detail: string): AppError =>
  new AppError('invalid_message', `${name} ${detail}`, { fields: [{ pointer: `/${name}`, code: 'type', detail }] });
