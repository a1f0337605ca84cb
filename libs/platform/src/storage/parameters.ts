import { AppError } from '@jiga/contracts';

/**
 * PostgreSQL's text holds every character but U+0000. Whoever sends it is told so, whichever database there is. Throws
 * AppError `validation_failed`.
 */
export function refuseUnstorable(parameters: readonly unknown[]): void {
  if (parameters.some((value) => typeof value === 'string' && value.includes('\u0000'))) {
    throw new AppError('validation_failed', 'Text must not have the character U+0000.');
  }
}
