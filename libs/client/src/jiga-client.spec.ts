import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { JigaClient } from './jiga-client.js';

let server: Server;
let baseUrl: string;
let requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
let respond: (response: ServerResponse) => void;

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      respond(response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const json = (status: number, body: object) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

describe('JigaClient', () => {
  it('creates, reads and deletes a session with its credential', async () => {
    respond = json(201, { session_id: 'sess_1', state: 'active' });
    const client = new JigaClient({ baseUrl: `${baseUrl}/`, apiKey: 'key_1' });
    await expect(client.createSession({ user_id: 'me', high_speed_vision: true })).resolves.toMatchObject({
      state: 'active',
    });
    await client.getSession('sess_1');
    await client.deleteSession('sess_1');
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /api/v1/jiga/sessions',
      'GET /api/v1/jiga/sessions/sess_1',
      'DELETE /api/v1/jiga/sessions/sess_1',
    ]);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ user_id: 'me', high_speed_vision: true });
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer key_1'));
    expect(requests[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('turns a problem document into an error', async () => {
    respond = json(422, { code: 'validation_failed', detail: 'user_id is missing', request_id: 'req_1', errors: [] });
    const client = new JigaClient({ baseUrl });
    await expect(client.createSession({ user_id: '' })).rejects.toMatchObject({
      name: 'JigaError',
      code: 'validation_failed',
      message: 'user_id is missing',
      status: 422,
      requestId: 'req_1',
      retryable: false,
      body: { errors: [] },
    });
  });

  it('says the status of an answer that is no problem document', async () => {
    respond = (response) => void response.writeHead(502).end('<html>');
    const client = new JigaClient({ baseUrl });
    await expect(client.getSession('x')).rejects.toMatchObject({
      code: 'client_http_error',
      status: 502,
      retryable: true,
    });
  });

  it.each([
    ['idempotency_in_progress', 409, true],
    ['capability_unavailable', 503, false],
  ])('takes the word of the server whether %s may succeed later', async (code, status, retryable) => {
    respond = json(status, { code, retryable });
    await expect(new JigaClient({ baseUrl }).getSession('x')).rejects.toMatchObject({ code, retryable });
  });

  it('takes no answer for one that breaks off, or that is no JSON', async () => {
    const client = new JigaClient({ baseUrl });
    respond = (response) => {
      response.writeHead(201, { 'content-length': 1000 }).write('{"session_id":');
      setImmediate(() => response.destroy());
    };
    await expect(client.createSession({ user_id: 'me' })).rejects.toMatchObject({ code: 'client_unreachable' });
    respond = (response) => void response.writeHead(200).end('<html>Please log in</html>');
    await expect(client.getSession('x')).rejects.toMatchObject({ code: 'client_http_error', status: 200 });
    respond = (response) => void response.writeHead(204).end();
    await expect(client.call('DELETE', '/webhooks/whk_1')).resolves.toBeUndefined();
  });

  it('gives up on a server that does not answer', async () => {
    respond = () => undefined;
    const client = new JigaClient({ baseUrl, requestTimeoutMs: 20 });
    await expect(client.getSession('x')).rejects.toMatchObject({ code: 'client_unreachable', retryable: true });
  });

  it('cannot be led to another path by a session id', async () => {
    respond = json(404, { code: 'session_not_found' });
    await expect(new JigaClient({ baseUrl }).getSession('../metrics')).rejects.toMatchObject({ status: 404 });
    expect(requests[0]?.url).toBe('/api/v1/jiga/sessions/..%2Fmetrics');
  });
});
