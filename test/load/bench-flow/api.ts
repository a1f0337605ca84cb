import type { ServerProcess } from '../../../apps/cli/src/server-process.js';

export interface CreatedSession {
  readonly session_id: string;
  readonly endpoints: Readonly<Record<string, string | null>>;
}

/** One call to the server under test; throws for anything but success. */
export async function call<T>(server: ServerProcess, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${server.baseUrl}/api/v1/jiga${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.apiKey}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

export const createSession = (server: ServerProcess, request: object): Promise<CreatedSession> =>
  call(server, 'POST', '/sessions', { user_id: 'bench', ...request });

export async function closeSession(server: ServerProcess, { session_id }: CreatedSession): Promise<void> {
  await call(server, 'DELETE', `/sessions/${session_id}`);
}
