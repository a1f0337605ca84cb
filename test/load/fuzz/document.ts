/** What the fuzzer reads of an OpenAPI document. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

export interface ApiOperation {
  readonly operationId: string;
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, ApiContent>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, ApiContent>> }>>;
}

export interface ApiParameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Readonly<Record<string, unknown>>;
}

export interface ApiContent {
  readonly schema?: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

/** One operation with where it is. */
export interface Target {
  readonly method: string;
  readonly path: string;
  readonly operation: ApiOperation;
}

export const targetsOf = ({ paths }: ApiDocument): Target[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
