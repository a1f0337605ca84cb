import { AppError } from '@jiga/contracts';

import { pointerPart } from './setting-checks.js';
import type { FieldProblem } from './validation.decorators.js';

/** What a reader of socket messages says of a field, in the words that every HTTP answer has for it. */
const HTTP_CODES: Readonly<Record<string, string>> = {
  required: 'required',
  type: 'wrong_type',
  range: 'out_of_range',
  length: 'bad_length',
  not_allowed: 'not_allowed',
};

/**
 * Runs what reads a body as a socket message is read. Unlike there, a field that is not among `known` is an error, as in
 * every other body. What is wrong becomes AppError `validation_failed`.
 */
export function readAsBody<T>(
  body: Readonly<Record<string, unknown>>,
  known: readonly string[],
  read: (body: Readonly<Record<string, unknown>>) => T,
): T {
  const unknown = unknownFields(body, known);
  try {
    const value = read(body);
    if (unknown.length === 0) return value;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_message') throw error;
    const wrong = error.options.fields?.map((field) => ({ ...field, code: HTTP_CODES[field.code] ?? 'bad_format' }));
    const fields = [...(wrong ?? []), ...unknown];
    throw new AppError('validation_failed', error.message, { ...(fields.length > 0 && { fields }), cause: error });
  }
  throw new AppError('validation_failed', `${unknown[0]?.detail}.`, { fields: unknown });
}

function unknownFields(body: object, known: readonly string[]): FieldProblem[] {
  return Object.keys(body)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      pointer: `/${pointerPart(name)}`,
      code: 'unknown_field',
      detail: `${name} is not a field here; there is ${known.join(', ')}`,
    }));
}
