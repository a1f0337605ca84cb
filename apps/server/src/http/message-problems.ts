import { AppError } from '@jiga/contracts';

/** What a reader of socket messages says of a field, in the words that every HTTP answer has for it. */
const HTTP_CODES: Readonly<Record<string, string>> = {
  required: 'required',
  type: 'wrong_type',
  range: 'out_of_range',
  length: 'bad_length',
  not_allowed: 'not_allowed',
};

/** Runs what reads a body as a socket message is read. What is wrong becomes AppError `validation_failed`. */
export function readAsBody<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_message') throw error;
    const fields = error.options.fields?.map((field) => ({ ...field, code: HTTP_CODES[field.code] ?? 'bad_format' }));
    throw new AppError('validation_failed', error.message, { ...(fields && { fields }), cause: error });
  }
}
