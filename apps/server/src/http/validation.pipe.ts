import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';

import { AppError } from '@jiga/contracts';

import { checkOf, nestedTypeOf, type Constructor, type FieldProblem } from './validation.decorators.js';

type Dto = new () => object;

/**
 * Bodies and queries as instances of their DTO classes, or 422 with a JSON Pointer for everything that is wrong.
 *
 * Instances are made by hand: class-transformer takes `constructor` for what the client named so. Only fields that the
 * class knows are copied; every other is an error.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if ((type !== 'body' && type !== 'query') || !isDto(metatype)) return value;
    if (Buffer.isBuffer(value)) throw new AppError('unsupported_media_type');
    const problems: FieldProblem[] = [];
    // No body asks for nothing: what is then missing is told field by field.
    const instance = build(metatype, value === undefined ? {} : value, '', { problems, isText: type === 'query' });
    if (instance) problems.push(...validateSync(instance).flatMap((error) => toProblems(error, '')));
    if (instance && problems.length === 0) problems.push(...(checkOf(metatype)?.(instance) ?? []));
    if (problems.length > 0) throw new AppError('validation_failed', summary(problems), { fields: problems });
    return instance;
  }
}

const knownFields = (type: Constructor): Set<string> =>
  new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(type, '', false, false)
      .map(({ propertyName }) => propertyName),
  );

const isDto = (type: unknown): type is Dto => typeof type === 'function' && knownFields(type as Dto).size > 0;

interface Build {
  readonly problems: FieldProblem[];
  /** Values are text, as in a query: numbers are read from it. */
  readonly isText: boolean;
}

/** null when the value is no object at all, which is then in `problems`. */
function build(type: Dto, value: unknown, pointer: string, context: Build): object | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    context.problems.push({ pointer, code: 'wrong_type', detail: `${pointer || 'the body'} must be a JSON object` });
    return null;
  }
  const known = knownFields(type);
  const instance = new type() as Record<string, unknown>;
  // Declared fields exist as undefined: only what the client sent may be there, or defaults would be overridden.
  for (const key of Object.keys(instance)) delete instance[key];
  for (const [key, field] of Object.entries(value)) {
    const at = `${pointer}/${escapePointer(key)}`;
    if (!known.has(key))
      context.problems.push({ pointer: at, code: 'unknown_field', detail: `${key} is not a field here` });
    else instance[key] = buildField(type, key, field, at, context);
  }
  return instance;
}

function buildField(type: Dto, key: string, value: unknown, pointer: string, context: Build): unknown {
  const nestedType = nestedTypeOf(type, key);
  if (nestedType && value !== null) return build(nestedType, value, pointer, context) ?? undefined;
  if (context.isText && Reflect.getMetadata('design:type', type.prototype as object, key) === Number) {
    return typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  }
  return value;
}

/** RFC 6901. */
const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const CODES: Readonly<Record<string, string>> = {
  isDefined: 'required',
  min: 'out_of_range',
  max: 'out_of_range',
  isPositive: 'out_of_range',
  isIn: 'not_allowed',
  matches: 'bad_format',
  minLength: 'bad_length',
  maxLength: 'bad_length',
  arrayMinSize: 'bad_length',
  arrayMaxSize: 'bad_length',
};

/** One problem a field, the most basic first: a wrong type says all, and what is missing has no other fault. */
function toProblems(error: ValidationError, parent: string): FieldProblem[] {
  const pointer = `${parent}/${escapePointer(error.property)}`;
  const children = (error.children ?? []).flatMap((child) => toProblems(child, pointer));
  const constraints = Object.entries(error.constraints ?? {});
  if (constraints.length === 0) return children;
  if (error.value === undefined) return [{ pointer, code: 'required', detail: `${error.property} is required` }];
  const found = constraints.map(([name, detail]) => ({ pointer, code: CODES[name] ?? 'wrong_type', detail }));
  const first = found.find(({ code }) => code === 'wrong_type') ?? found[0];
  return first ? [first, ...children] : children;
}

function summary(problems: readonly FieldProblem[]): string {
  const [first] = problems;
  if (!first) return 'The request is not valid.';
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return `${first.detail}${more}.`;
}
