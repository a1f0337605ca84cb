import type { JsonSchema } from '@jiga/contracts';

import type { FieldProblem } from './validation.decorators.js';

/** JSON Pointer's escapes. */
export const pointerPart = (key: string | number): string => String(key).replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * What is wrong with a value by a schema of settings: numbers within bounds, words of a list, lists of such words, and
 * objects of these. Of everything else a schema may say nothing is read, so it must not say it.
 */
export function settingProblems(schema: JsonSchema, value: unknown, pointer: string): FieldProblem[] {
  if (schema.type === 'object') return objectProblems(schema, value, pointer);
  if (schema.type === 'array') return listProblems(schema, value, pointer);
  if (schema.enum) {
    const isKnown = schema.enum.some((word) => word === value);
    return isKnown ? [] : [{ pointer, code: 'not_allowed', detail: `must be one of ${schema.enum.join(', ')}` }];
  }
  return numberProblems(schema, value, pointer);
}

function objectProblems({ properties = {} }: JsonSchema, value: unknown, pointer: string): FieldProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ pointer, code: 'wrong_type', detail: 'must be an object of settings' }];
  }
  return Object.entries(value).flatMap(([name, setting]) => {
    const at = `${pointer}/${pointerPart(name)}`;
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (schema) return settingProblems(schema, setting, at);
    const detail = `no setting of this name; there is ${Object.keys(properties).join(', ')}`;
    return [{ pointer: at, code: 'unknown_field', detail }];
  });
}

function listProblems(schema: JsonSchema, value: unknown, pointer: string): FieldProblem[] {
  if (!Array.isArray(value)) return [{ pointer, code: 'wrong_type', detail: 'must be a list' }];
  const { items, minItems = 0, maxItems = Infinity } = schema;
  if (value.length < minItems || value.length > maxItems) {
    return [{ pointer, code: 'bad_length', detail: `must hold ${minItems} to ${maxItems}` }];
  }
  return items ? value.flatMap((item, index) => settingProblems(items, item, `${pointer}/${index}`)) : [];
}

function numberProblems(schema: JsonSchema, value: unknown, pointer: string): FieldProblem[] {
  const isInteger = schema.type === 'integer';
  if (typeof value !== 'number' || (isInteger && !Number.isInteger(value))) {
    return [{ pointer, code: 'wrong_type', detail: `must be a${isInteger ? ' whole' : ''} number` }];
  }
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (value >= minimum && value <= maximum) return [];
  return [{ pointer, code: 'out_of_range', detail: `must be from ${minimum} to ${maximum}` }];
}
