import { request } from 'node:http';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer } from '@jiga/testing';

import { exchange } from '../support/exchange.js';
import { ADMIN_KEY, TestServer } from '../support/start-test-server.js';

describe('every HTTP answer', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ analyzer: new FakeAnalyzer(), environment: { JIGA_BODY_MAX_BYTES: '4096' } });
  });
  afterAll(() => server.stop());

  const post = (
    body: string | Buffer<ArrayBuffer>,
    contentType = 'application/json',
    headers = {},
  ): Promise<Response> =>
    server.fetch('/sessions', { method: 'POST', body, headers: { 'content-type': contentType, ...headers } });

  it.each([
    ['text that is not JSON', () => post('{"user_id":'), 400, 'malformed_json'],
    ['JSON nested without end', () => post('['.repeat(2000)), 400, 'malformed_json'],
    ['a key that would set a prototype', () => post('{"user_id":"a","__proto__":{}}'), 400, 'malformed_json'],
    ['no body', () => server.fetch('/sessions', { method: 'POST' }), 422, 'validation_failed'],
    ['a list', () => post('[]'), 422, 'validation_failed'],
    ['null', () => post('null'), 422, 'validation_failed'],
    ['a body past the limit', () => post(`{"user_id":"${'x'.repeat(5000)}"}`), 413, 'body_too_large'],
    ['another media type', () => post('user_id=1', 'application/x-www-form-urlencoded'), 415, 'unsupported_media_type'],
    ['text that is not UTF-8', () => post(Buffer.from('{"user_id":"\xff"}', 'latin1')), 400, 'malformed_json'],
    [
      'a compressed body',
      () => post(gzipSync('{"user_id":"a"}'), 'application/json', { 'content-encoding': 'gzip' }),
      415,
      'unsupported_media_type',
    ],
    ['an unknown path', () => server.fetch('/nowhere'), 404, 'not_found'],
    ['a path that does not decode', () => fetch(`${server.origin}/%ff`), 404, 'not_found'],
    [
      'a method that the path does not take',
      () => server.fetch('/sessions', { method: 'PUT' }),
      405,
      'method_not_allowed',
    ],
    ['a session id without the form', () => server.fetch('/sessions/1'), 404, 'session_not_found'],
    ['no credential', () => fetch(`${server.origin}/api/v1/jiga/sessions`), 401, 'unauthenticated'],
    ['a wrong credential', () => server.fetch('/sessions', { token: 'wrong' }), 401, 'unauthenticated'],
  ] as const)('is a problem document for %s', async (_name, call, status, code) => {
    const response = await call();
    const body = (await response.json()) as Record<string, unknown>;
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ status, code, type: `/errors#${code}`, title: expect.any(String) });
    expect(body['instance']).toBe(new URL(response.url).pathname);
    expect(body['request_id']).toBe(response.headers.get('x-request-id'));
    expect(JSON.stringify(body)).not.toMatch(/\.[jt]s:\d+/);
  });

  it.each([
    ['what is not HTTP', 'HELLO\r\n\r\n', 400, 'malformed_request'],
    ['a broken length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', 400, 'malformed_request'],
    ['header fields without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ])('is a problem document for %s', async (_name, bytes, status, code) => {
    const answer = await exchange(server.origin, bytes);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, code, request_id: expect.stringMatching(/^req_/) });
  });

  it('overlooks an expectation that it does not know', async () => {
    const answer = await exchange(
      server.origin,
      'GET /health/live HTTP/1.1\r\nHost: a\r\nExpect: everything\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it('has nothing against a Content-Encoding of no body', async () => {
    const response = await server.fetch('/sessions', { headers: { 'content-encoding': 'gzip' } });
    expect(response.status).toBe(200);
  });

  it('names the methods that a path does take', async () => {
    const response = await server.fetch('/sessions', { method: 'DELETE' });
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
  });

  it('asks for a credential in the way of the protocol', async () => {
    const response = await fetch(`${server.origin}/api/v1/jiga/sessions`);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="jiga"');
  });

  it('takes the key in X-API-Key as well', async () => {
    const response = await fetch(`${server.origin}/api/v1/jiga/sessions`, { headers: { 'x-api-key': ADMIN_KEY } });
    expect(response.status).toBe(200);
  });

  it('carries the request id of the caller, unless that could harm a log', async () => {
    const echoed = await server.fetch('/sessions', { headers: { 'x-request-id': 'abc-123' } });
    expect(echoed.headers.get('x-request-id')).toBe('abc-123');
    const replaced = await server.fetch('/sessions', { headers: { 'x-request-id': 'a b"c' } });
    expect(replaced.headers.get('x-request-id')).toMatch(/^req_/);
  });

  it('builds endpoints on the host that was called, never on one that is no host', async () => {
    expect(await selfFor(server, 'play.example:8080')).toMatch(
      /^http:\/\/play\.example:8080\/api\/v1\/jiga\/sessions\/sess_/,
    );
    expect(await selfFor(server, 'evil/<script>')).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/jiga\/sessions\/sess_/,
    );
  });

  it('tells health without a credential', async () => {
    expect(await (await fetch(`${server.origin}/health/live`)).json()).toEqual({ status: 'ok' });
    const ready = await fetch(`${server.origin}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, expect.objectContaining({ status: 'ready' })]);
  });
});

/** fetch() does not let a test set the Host header. */
function selfFor(server: TestServer, host: string): Promise<string> {
  const body = '{"user_id":"p"}';
  return new Promise((resolve, reject) => {
    const headers = { host, authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
    const call = request(`${server.origin}/api/v1/jiga/sessions`, { method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve((JSON.parse(text) as { endpoints: { self: string } }).endpoints.self));
    });
    call.on('error', reject);
    call.end(body);
  });
}
