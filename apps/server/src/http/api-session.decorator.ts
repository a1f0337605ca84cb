import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';

import { EXAMPLE_SESSION_ID } from '../sessions/dto/session.dto.js';
import { ApiProblems } from './api-problems.decorator.js';

/** The operation is of one session, named in its path. */
export const OfSession = (): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'session_id', description: 'From the answer to its creation.', example: EXAMPLE_SESSION_ID }),
    ApiProblems('session_not_found'),
  );
