import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

import { Idempotent } from '@jiga/platform';

import { ApiProblems } from './api-problems.decorator.js';

/** For a POST that creates: takes an `Idempotency-Key`, and the API document says so and how that may fail. */
export const CreatesOnce = (): MethodDecorator =>
  applyDecorators(
    Idempotent(),
    ApiHeader({
      name: 'Idempotency-Key',
      description:
        'Any text of yours. The same request sent again with it, within 24 hours, has its effect once and gets the first answer, with `Idempotent-Replayed: true`.',
      required: false,
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
      example: 'b7e3c2f0-create',
    }),
    ApiProblems('validation_failed', 'idempotency_key_reused', 'idempotency_in_progress'),
  );
