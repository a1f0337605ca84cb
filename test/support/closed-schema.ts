import type { JsonSchema } from '@jiga/contracts';

/** The schema with no room for anything that it does not name: what is sent must be documented. */
export function closed(schema: JsonSchema): JsonSchema {
  const { properties, items, oneOf, additionalProperties } = schema;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, closed(value)])),
      additionalProperties: false,
    }),
    ...(items && { items: closed(items) }),
    ...(oneOf && { oneOf: oneOf.map(closed) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: closed(additionalProperties) }),
  };
}
