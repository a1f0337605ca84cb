import type { OpenAPIObject } from '@nestjs/swagger';

import type { ErrorCode, JsonObject } from '@jiga/contracts';

import { problemResponses } from '../http/api-problems.decorator.js';
import { exampleOf } from './schema-example.js';

/** Any request may be refused before its route is looked for. */
const OF_ALL: readonly ErrorCode[] = ['malformed_request', 'headers_too_large'];
const WITH_BODY: readonly ErrorCode[] = [
  'malformed_json',
  'request_timeout',
  'body_too_large',
  'unsupported_media_type',
];
const WITH_CREDENTIAL: readonly ErrorCode[] = [
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'identity_provider_unavailable',
  'internal',
];
const METHODS_WITH_BODY = new Set(['post', 'put', 'patch', 'delete']);

interface Content {
  schema?: JsonObject;
  example?: unknown;
  examples?: Record<string, unknown>;
}

interface Response {
  description: string;
  content?: Record<string, Content>;
}

interface Operation {
  security?: unknown[];
  parameters?: unknown[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, Response>;
}

/**
 * Adds to a document what holds for every operation and need not be said at each: how any of them may fail, that public
 * ones need no credential, and an example of every JSON that has none. Changes the document and returns it.
 */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, JsonObject>>;
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods as Record<string, Operation>)) {
      addFailures(path, method, operation);
      operation.security ??= [];
      const bodies = [operation.requestBody, ...Object.values(operation.responses)];
      for (const body of bodies) addExamples(body?.content ?? {}, schemas);
    }
  }
  return document;
}

function addFailures(path: string, method: string, operation: Operation): void {
  const codes: ErrorCode[] = [
    ...OF_ALL,
    ...(METHODS_WITH_BODY.has(method) ? WITH_BODY : []),
    ...(operation.parameters?.length ? (['validation_failed'] as const) : []),
    ...(operation.security ? WITH_CREDENTIAL : []),
    // Probes are answered to the end.
    ...(path.startsWith('/health/') ? [] : (['draining'] as const)),
  ];
  for (const [status, added] of problemResponses(codes)) {
    const response = (operation.responses[String(status)] ??= { description: '' });
    response.content ??= {};
    for (const [type, { schema, examples }] of Object.entries(added.content)) {
      const content = (response.content[type] ??= { schema: { ...schema } });
      const isNew = Object.keys(examples).some((code) => !(code in (content.examples ?? {})));
      content.examples = { ...content.examples, ...examples };
      if (isNew) response.description = describe(response.description, added.description);
    }
  }
}

/** Without saying a code twice. */
function describe(before: string, added: string): string {
  const known = before === '' ? [] : before.split('; ');
  return [...new Set([...known, ...added.split('; ')])].join('; ');
}

function addExamples(content: Record<string, Content>, schemas: Readonly<Record<string, JsonObject>>): void {
  const json = content['application/json'];
  if (!json?.schema || json.example !== undefined || json.examples) return;
  json.example = exampleOf(json.schema, schemas);
}
