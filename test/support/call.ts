import { ADMIN_KEY, type TestServer } from './start-test-server.js';

export interface CallOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CallAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** An HTTP call below the base path with a JSON body, and its JSON answer; as admin unless a token is given. */
// Each test says what it expects in the answer.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export async function call<T = Record<string, unknown>>(
  server: TestServer,
  method: string,
  path: string,
  body?: unknown,
  { token = ADMIN_KEY, headers = {} }: CallOptions = {},
): Promise<CallAnswer<T>> {
  const response = await server.fetch(path, {
    method,
    token,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as T };
}
