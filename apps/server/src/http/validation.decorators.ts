import { applyDecorators } from '@nestjs/common';
import { ValidateIf, ValidateNested } from 'class-validator';

export type Constructor = abstract new (...args: never[]) => object;

const nested = new Map<object, Map<string, () => new () => object>>();

/** May be left out. Unlike class-validator's own IsOptional, null is not "left out". */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** May be left out or null. */
export const MayBeNull = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined && value !== null);

/** An object with fields of its own, given by a class. */
export function Nested(type: () => new () => object): PropertyDecorator {
  return applyDecorators(ValidateNested(), (target: object, key: string | symbol) => {
    const fields = nested.get(target) ?? new Map<string, () => new () => object>();
    nested.set(target, fields.set(String(key), type));
  });
}

export const nestedTypeOf = (type: Constructor, key: string): (new () => object) | null =>
  nested.get(type.prototype as object)?.get(key)?.() ?? null;

const checks = new Map<Constructor, (value: never) => readonly FieldProblem[]>();

export interface FieldProblem {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Rules over several fields, asked once every field is right by itself. Pointers are from the object itself. */
export const CheckedBy =
  <T extends object>(check: (value: T) => readonly FieldProblem[]) =>
  (type: new () => T): void =>
    void checks.set(type, check);

export const checkOf = (type: Constructor): ((value: object) => readonly FieldProblem[]) | undefined =>
  checks.get(type) as ((value: object) => readonly FieldProblem[]) | undefined;
