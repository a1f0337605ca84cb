import type { JsonObject } from '@jiga/contracts';

type Schemas = Readonly<Record<string, JsonObject>>;

const REFERENCE = '#/components/schemas/';

/** A value that fits a JSON Schema, made of the examples of its parts. Schemas must not contain themselves. */
export function exampleOf(schema: JsonObject, schemas: Schemas): unknown {
  const target = resolve(schema, schemas);
  for (const key of ['example', 'default', 'const']) if (target[key] !== undefined) return target[key];
  for (const key of ['examples', 'enum']) {
    const values: unknown = target[key];
    if (Array.isArray(values)) return values[0] as unknown;
  }
  for (const key of ['allOf', 'oneOf', 'anyOf']) {
    const parts: unknown = target[key];
    if (Array.isArray(parts) && isObject(parts[0])) return exampleOf(parts[0], schemas);
  }
  const types = [target['type'] ?? 'object'].flat();
  return ofType(types[0], target, schemas);
}

function resolve(schema: JsonObject, schemas: Schemas): JsonObject {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  return schemas[reference.slice(REFERENCE.length)] ?? {};
}

function ofType(type: unknown, schema: JsonObject, schemas: Schemas): unknown {
  const { properties, items } = schema;
  switch (type) {
    case 'object':
      return isObject(properties) ? ofProperties(properties, schemas) : {};
    case 'array':
      return isObject(items) ? [exampleOf(items, schemas)] : [];
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 0;
    case 'boolean':
      return false;
    case 'string':
      return 'text';
    default:
      return null;
  }
}

const ofProperties = (properties: JsonObject, schemas: Schemas): JsonObject =>
  Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, isObject(field) ? exampleOf(field, schemas) : null]),
  );

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
