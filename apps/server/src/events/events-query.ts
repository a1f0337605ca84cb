import { AppError } from '@jiga/contracts';
import type { EventQuery, TimelineService } from '@jiga/timeline';

import { parseTypes } from './event-types.js';
import type { EventsQuery } from './events.dto.js';

const DEFAULT_PAGE = 100;
const NUMBER = /^\d{1,11}(\.\d{1,9})?$/;

/** Opaque to clients: it may change between versions. */
export const encodeCursor = (sequence: number): string => Buffer.from(`e${sequence}`).toString('base64url');

/** What to read for a query. Throws AppError `validation_failed`. */
export async function toEventQuery(
  query: EventsQuery,
  sessionId: string,
  timeline: TimelineService,
): Promise<EventQuery> {
  const { since } = query;
  const types = parseTypes(query.types);
  const limit = query.limit ?? DEFAULT_PAGE;
  const cursor = query.cursor === undefined ? 0 : decodeCursor(query.cursor);
  if (since === undefined) return { after: cursor, since: null, types, limit };
  if (NUMBER.test(since)) return { after: cursor, since: Number(since), types, limit };
  const sequence = await timeline.sequenceOf(sessionId, since);
  if (sequence === null) throw wrong('since', 'since must be Unix seconds or the id of an event that is still kept');
  return { after: Math.max(cursor, sequence), since: null, types, limit };
}

function decodeCursor(cursor: string): number {
  const sequence = /^e(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  if (sequence === undefined) throw wrong('cursor', 'cursor must be the next_cursor of an earlier answer');
  return Number(sequence);
}

const wrong = (name: string, detail: string): AppError =>
  new AppError('validation_failed', `${detail}.`, {
    fields: [{ pointer: `/${name}`, code: 'bad_format', detail }],
  });
