import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

import { Idempotent } from '@jiga/platform';

import { ApiProblems } from './api-problems.decorator.js';

/** Documents how an operation with a JSON body may fail. */
export const ApiBodyProblems = (): MethodDecorator =>
  ApiProblems('malformed_json', 'body_too_large', 'unsupported_media_type', 'validation_failed');

/** The operation takes an `Idempotency-Key` and is documented so. */
export function Creates(): MethodDecorator {
  return applyDecorators(
    Idempotent(),
    ApiHeader({
      name: 'Idempotency-Key',
      description: 'Any text of yours, up to 255 characters: sent again with it, the request has its effect once.',
      required: false,
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
    ApiProblems(
      'malformed_json',
      'body_too_large',
      'unsupported_media_type',
      'validation_failed',
      'idempotency_key_reused',
      'idempotency_in_progress',
    ),
  );
}
