import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiResponse, getSchemaPath } from '@nestjs/swagger';

import { ERROR_KINDS, ERRORS, newId, type ErrorCode } from '@jiga/contracts';
import { PROBLEM_CONTENT_TYPE, problemType } from '@jiga/platform';

export class FieldErrorDto {
  @ApiProperty({ description: 'JSON Pointer (RFC 6901) to the field.', example: '/voice_chat_config/channels' })
  pointer!: string;

  @ApiProperty({
    description: 'What is wrong with it.',
    enum: ['required', 'wrong_type', 'out_of_range', 'not_allowed', 'bad_format', 'bad_length', 'unknown_field'],
    example: 'out_of_range',
  })
  code!: string;

  @ApiProperty({ description: 'The same, for a reader.', example: 'channels must not be greater than 2' })
  detail!: string;
}

/** RFC 9457. */
export class ProblemDto {
  @ApiProperty({ description: 'Where the code is explained.', format: 'uri-reference', example: '/errors#not_found' })
  type!: string;

  @ApiProperty({ description: 'The same for every problem of this code.', example: ERRORS.not_found.title })
  title!: string;

  @ApiProperty({ description: 'HTTP status.', example: 404 })
  status!: number;

  @ApiProperty({ description: 'What happened this time.', example: ERRORS.not_found.title })
  detail!: string;

  @ApiProperty({ description: "The request's path.", example: '/api/v1/jiga/nothing' })
  instance!: string;

  @ApiProperty({ description: 'Stable code to act on.', enum: Object.keys(ERRORS), example: 'not_found' })
  code!: ErrorCode;

  @ApiProperty({ description: 'Names this request in the logs.', example: 'req_0123456789abcdefghijkl' })
  request_id!: string;

  @ApiProperty({ description: 'Whether the same request may succeed later.', example: false })
  retryable!: boolean;

  @ApiProperty({ description: 'What is wrong with the body, field by field.', type: [FieldErrorDto], required: false })
  errors?: FieldErrorDto[];
}

export interface ProblemResponse {
  readonly description: string;
  readonly content: Record<
    string,
    { readonly schema: { readonly $ref: string }; readonly examples: Record<string, { readonly value: object }> }
  >;
}

const EXAMPLE_REQUEST = `req_${'0'.repeat(newId('request').length - 4)}`;

const statusOf = (code: ErrorCode): number => ERROR_KINDS[ERRORS[code].kind].status;

const exampleOf = (code: ErrorCode): object => ({
  type: problemType(code),
  title: ERRORS[code].title,
  status: statusOf(code),
  detail: ERRORS[code].title,
  instance: '/api/v1/jiga/sessions',
  code,
  request_id: EXAMPLE_REQUEST,
  retryable: 'retryable' in ERRORS[code],
  ...(code === 'validation_failed'
    ? { errors: [{ pointer: '/user_id', code: 'required', detail: 'user_id is required' }] }
    : {}),
});

/** Codes by what they were said of: decorators on the same method add to each other. */
const documented = new WeakMap<object, readonly ErrorCode[]>();

/** Documents the failures of an operation, one response a status with an example a code. */
export function ApiProblems(...codes: readonly ErrorCode[]): MethodDecorator & ClassDecorator {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const subject = (descriptor?.value as object | undefined) ?? target;
    const all = [...new Set([...(documented.get(subject) ?? []), ...codes])];
    documented.set(subject, all);
    const responses = [...problemResponses(all)].map(([status, response]) => ApiResponse({ status, ...response }));
    const decorate = applyDecorators(ApiExtraModels(ProblemDto), ...responses);
    if (key !== undefined && descriptor) decorate(target, key, descriptor);
    else decorate(target as new () => object);
  };
}

/** One response a status. */
export function problemResponses(codes: readonly ErrorCode[]): Map<number, ProblemResponse> {
  const statuses = [...new Set(codes.map(statusOf))];
  return new Map(
    statuses.map((status) => [status, problemResponse(codes.filter((code) => statusOf(code) === status))]),
  );
}

/** What the codes of one status say, for a reader. */
export const describeCodes = (codes: readonly ErrorCode[]): string =>
  codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('; ');

/** Codes of one status as a response, with an example of each. */
function problemResponse(codes: readonly ErrorCode[]): ProblemResponse {
  return {
    description: describeCodes(codes),
    content: {
      [PROBLEM_CONTENT_TYPE]: {
        schema: { $ref: getSchemaPath(ProblemDto) },
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
  };
}
