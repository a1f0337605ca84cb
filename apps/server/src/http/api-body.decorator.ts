import { ApiProblems } from './api-problems.decorator.js';

/** Documents how an operation with a JSON body may fail. */
export const ApiBodyProblems = (): MethodDecorator =>
  ApiProblems('malformed_json', 'body_too_large', 'unsupported_media_type', 'validation_failed');
