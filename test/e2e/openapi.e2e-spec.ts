import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

import { FakeAnalyzer } from '@jiga/testing';

import { TestServer } from '../support/start-test-server.js';

type Json = Readonly<Record<string, unknown>>;

interface Content {
  readonly example?: unknown;
  readonly schema?: Json;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Json[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description?: string; readonly headers?: Json; readonly content?: Readonly<Record<string, Content>> }
    >
  >;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Json };
}

describe('the API document', () => {
  let server: TestServer;
  let document: Document;
  let ajv: Ajv2020;

  beforeAll(async () => {
    server = await TestServer.start({ analyzer: new FakeAnalyzer() });
    document = (await (await fetch(`${server.origin}/openapi.json`)).json()) as Document;
    ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    ajv.addSchema({ $id: 'api', components: document.components });
  });
  afterAll(() => server.stop());

  const operations = (): [string, string, Operation][] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, string, Operation] => [method, path, operation]),
    );
  /** What is wrong with a body by the schema of the document. */
  const validators = new Map<string, ValidateFunction>();
  const faults = (schema: Json, body: unknown): unknown[] => {
    const absolute = JSON.stringify(schema).replaceAll('"#/', '"api#/');
    const validate = validators.get(absolute) ?? ajv.compile(JSON.parse(absolute) as Json);
    validators.set(absolute, validate);
    return validate(body) ? [] : (validate.errors ?? []);
  };

  it('is OpenAPI 3.1 and describes every operation in full', () => {
    expect(document.openapi).toBe('3.1.0');
    const ids = operations().map(([, , { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [method, path, operation] of operations()) {
      expect([method, path, operation]).toEqual([
        method,
        path,
        expect.objectContaining({
          operationId: expect.any(String),
          summary: expect.any(String),
          description: expect.any(String),
          tags: [expect.any(String)],
        }),
      ]);
      const isPublic = path === '/errors' || path.startsWith('/health/');
      expect([method, path, (operation.security ?? []).length > 0]).toEqual([method, path, !isPublic]);
    }
  });

  it('resolves every reference', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '');
    for (const ref of new Set(refs)) {
      const target = ref
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
      expect([ref, typeof target]).toEqual([ref, 'object']);
    }
  });

  it('gives problems that fit their own schema', () => {
    const problems = operations().flatMap(([, , { responses }]) =>
      Object.values(responses).flatMap(({ content }) =>
        Object.values(content?.['application/problem+json']?.examples ?? {}),
      ),
    );
    expect(problems.length).toBeGreaterThan(10);
    for (const { value } of problems) expect(faults({ $ref: '#/components/schemas/ProblemDto' }, value)).toEqual([]);
  });

  it('shows an example of every answer with a body, of the shape it says', () => {
    for (const [method, path, { responses }] of operations()) {
      for (const [status, { content = {} }] of Object.entries(responses)) {
        for (const [type, { schema = {}, example, examples }] of Object.entries(content)) {
          const shown = examples ? Object.values(examples).map(({ value }) => value) : [example];
          expect([method, path, status, type, shown.includes(undefined)]).toEqual([method, path, status, type, false]);
          const wrong = shown.flatMap((value) => faults(schema, value));
          expect([method, path, status, type, wrong]).toEqual([method, path, status, type, []]);
        }
      }
    }
  });

  it('says of every operation how any of them may fail', () => {
    for (const [method, path, { responses }] of operations()) {
      const isProbe = path.startsWith('/health/');
      const expected = ['400', '431', ...(isProbe ? [] : ['503'])];
      if (path.startsWith('/api/')) expected.push('401', '403', '429', '500');
      if (method !== 'get') expected.push('408', '413', '415');
      expect([method, path, Object.keys(responses)]).toEqual([method, path, expect.arrayContaining(expected)]);
    }
  });

  it('tells each code of a failure once, and names the header fields of answers', () => {
    for (const [method, path, { responses }] of operations()) {
      for (const [status, { description = '', headers = {} }] of Object.entries(responses)) {
        const codes = [...description.matchAll(/`([a-z_]+)`:/g)].map(([, code]) => code);
        expect([method, path, status, codes]).toEqual([method, path, status, [...new Set(codes)]]);
        expect([method, path, status, Object.keys(headers)]).toEqual([
          method,
          path,
          status,
          expect.arrayContaining(['X-Request-Id', ...(status === '429' ? ['RateLimit', 'Retry-After'] : [])]),
        ]);
      }
    }
    const created = document.paths['/api/v1/jiga/sessions']?.['post']?.responses['201']?.headers ?? {};
    expect(Object.keys(created)).toEqual(
      expect.arrayContaining(['Location', 'RateLimit', 'RateLimit-Policy', 'Idempotent-Replayed']),
    );
  });

  it.each(['frames', 'audio/process', 'audio/process-with-response'])(
    'has an example for %s that works as it is',
    async (route) => {
      const id = await server.createSession();
      const operation = document.paths[`/api/v1/jiga/sessions/{session_id}/${route}`]?.['post'];
      const body = JSON.stringify(operation?.requestBody?.content['application/json']?.example);
      const response = await server.fetch(`/sessions/${id}/${route}`, { method: 'POST', body });
      expect([response.status, await response.text()]).toEqual([200, expect.stringMatching(/^\{/)]);
    },
  );

  it('has requests for a session that work as they are, and answers of the shape it says', async () => {
    const operation = document.paths['/api/v1/jiga/sessions']?.['post'];
    if (!operation) throw new Error('creating a session is not described');
    const { requestBody, responses } = operation;
    const examples = Object.entries(requestBody?.content['application/json']?.examples ?? {});
    expect(examples.length).toBeGreaterThan(2);
    for (const [name, { value }] of examples) {
      expect([name, faults({ $ref: '#/components/schemas/CreateSessionDto' }, value)]).toEqual([name, []]);
      const response = await server.fetch('/sessions', { method: 'POST', body: JSON.stringify(value) });
      const body: unknown = await response.json();
      expect([name, response.status, body]).toEqual([name, 201, body]);
      expect([name, faults(responses['201']?.content?.['application/json']?.schema ?? {}, body)]).toEqual([name, []]);
    }
  });

  it('tells the shape of every answer about a session', async () => {
    const id = await server.createSession();
    const about = operations().filter(([method, path]) => method === 'get' && path.startsWith('/api/v1/jiga/sessions'));
    const plain = about.filter(([, path]) =>
      /^\/api\/v1\/jiga\/sessions(\/failed|\/\{session_id\}(\/status|\/metrics)?)?$/.test(path),
    );
    expect(plain).toHaveLength(5);
    for (const [, path, { responses }] of plain) {
      const response = await server.fetch(path.slice('/api/v1/jiga'.length).replace('{session_id}', id));
      expect([path, response.status]).toEqual([path, 200]);
      const schema = responses['200']?.content?.['application/json']?.schema ?? {};
      expect([path, faults(schema, await response.json())]).toEqual([path, []]);
    }
  });

  it('can be tried on a page that needs no other host', async () => {
    const page = await (await fetch(`${server.origin}/docs`)).text();
    const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      expect(link).not.toMatch(/^(https?:)?\/\//);
      expect([link, (await fetch(new URL(link, `${server.origin}/docs`))).status]).toEqual([link, 200]);
    }
    const slashed = await fetch(`${server.origin}/docs/`);
    expect([slashed.status, slashed.url]).toEqual([200, `${server.origin}/docs`]);
    expect((await fetch(`${server.origin}/docs/nothing.css`)).status).toBe(404);
  });
});
