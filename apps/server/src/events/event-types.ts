import { AppError, isEventTypeFilter } from '@jiga/contracts';
import type { EventTypes } from '@jiga/timeline';

/** More than there are types. */
const FILTERS_MAX = 50;
const FILTER_LENGTH_MAX = 64;

export interface RejectedType {
  readonly type: string;
  readonly code: 'unknown_type';
  readonly message: string;
}

export interface TypeSelection {
  /** null = all. */
  readonly types: EventTypes;
  readonly rejected: readonly RejectedType[];
}

/** Takes the filters that mean something and tells of the others. `*` stands for all. Throws for too many. */
export function selectTypes(filters: readonly string[]): TypeSelection {
  if (filters.length > FILTERS_MAX) throw wrongTypes(`types may have at most ${FILTERS_MAX} entries`);
  const unique = [...new Set(filters)];
  const isTaken = (filter: string): boolean => filter === '*' || isEventTypeFilter(filter);
  const accepted = unique.filter(isTaken);
  return {
    types: accepted.includes('*') ? null : accepted,
    rejected: unique.filter((filter) => !isTaken(filter)).map(rejection),
  };
}

/** Filters of a query, separated by commas. Throws AppError `validation_failed` for one that means nothing. */
export function parseTypes(text: string | null | undefined): EventTypes {
  if (text === null || text === undefined) return null;
  const { types, rejected } = selectTypes(text.split(',').map((part) => part.trim()));
  const [first] = rejected;
  if (first) throw wrongTypes(first.message);
  return types;
}

const rejection = (filter: string): RejectedType => {
  const type = filter.slice(0, FILTER_LENGTH_MAX);
  return { type, code: 'unknown_type', message: `${JSON.stringify(type)} is no type of event` };
};

const wrongTypes = (detail: string): AppError =>
  new AppError('validation_failed', `${detail}.`, { fields: [{ pointer: '/types', code: 'not_allowed', detail }] });
