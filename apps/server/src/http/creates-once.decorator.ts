import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

import { Idempotent } from '@jiga/platform';

/**
 * For a POST that creates: takes an `Idempotency-Key`, and says so in the API document. Its failures are
 * `idempotency_key_reused` and `idempotency_in_progress`, to be named in the operation's `ApiProblems`.
 */
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
  );
