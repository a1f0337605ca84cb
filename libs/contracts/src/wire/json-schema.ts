/** The part of JSON Schema (draft 7, which AsyncAPI 3 builds on) that the messages need. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly contentEncoding?: string;
  readonly default?: string | number | boolean | null;
}

type Properties = Readonly<Record<string, JsonSchema>>;

/** An object whose properties are all present, but for those in `optional`. */
export const object = (required: Properties, optional: Properties = {}, description?: string): JsonSchema => ({
  type: 'object',
  ...(description !== undefined && { description }),
  properties: { ...required, ...optional },
  required: Object.keys(required),
});

export const array = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

export const mapOf = (values: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties: values });

export const nullable = (schema: JsonSchema): JsonSchema =>
  typeof schema.type === 'string' && !schema.enum
    ? { ...schema, type: [schema.type, 'null'] }
    : { oneOf: [schema, { type: 'null' }] };

export const text = (description?: string): JsonSchema => ({
  type: 'string',
  ...(description !== undefined && { description }),
});
export const number = (description?: string): JsonSchema => ({
  type: 'number',
  ...(description !== undefined && { description }),
});
export const oneOf = (values: readonly string[], description?: string): JsonSchema => ({
  type: 'string',
  enum: values,
  ...(description !== undefined && { description }),
});

/** An integer from `minimum`, for counts. */
export const count = (description: string, minimum = 0): JsonSchema => ({ type: 'integer', minimum, description });
/** A number in 0–1. */
export const share = (description?: string): JsonSchema => ({
  type: 'number',
  minimum: 0,
  maximum: 1,
  ...(description !== undefined && { description }),
});
