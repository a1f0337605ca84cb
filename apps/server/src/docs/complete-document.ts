import type { OpenAPIObject } from '@nestjs/swagger';

import type { ErrorCode, JsonObject } from '@jiga/contracts';
import { PROBLEM_CONTENT_TYPE } from '@jiga/platform';

import { describeCodes, problemResponses } from '../http/api-problems.decorator.js';
import { addAnswerHeaders, HEADER_COMPONENTS } from './answer-headers.js';
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
  headers?: Record<string, unknown>;
  content?: Record<string, Content>;
}

interface Operation {
  security?: unknown[];
  parameters?: { readonly name?: string }[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, Response>;
}

/**
 * Adds to a document what holds for every operation and need not be said at each: how any of them may fail, the header
 * fields of its answers, that public ones need no credential, and an example of every JSON that has none. Changes the document and returns it.
 */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, JsonObject>>;
  document.components = { ...document.components, headers: { ...document.components?.headers, ...HEADER_COMPONENTS } };
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods as Record<string, Operation>)) {
      addFailures(path, method, operation);
      describeFailures(operation);
      addAnswerHeaders(operation);
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
      content.examples = { ...content.examples, ...examples };
    }
  }
}

/** Several decorators may have spoken of the same status: each of its codes is told once, as its examples have them. */
function describeFailures({ responses }: Operation): void {
  for (const response of Object.values(responses)) {
    const examples = response.content?.[PROBLEM_CONTENT_TYPE]?.examples;
    if (!examples || 'application/json' in (response.content ?? {})) continue;
    response.description = describeCodes(Object.keys(examples) as ErrorCode[]);
  }
}

function addExamples(content: Record<string, Content>, schemas: Readonly<Record<string, JsonObject>>): void {
  const json = content['application/json'];
  if (!json?.schema || json.example !== undefined || json.examples) return;
  json.example = exampleOf(json.schema, schemas);
}
