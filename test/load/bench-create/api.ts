import { WebSocket } from 'ws';

export const ADMIN_KEY = 'bench-admin-key-0123456789';

/** The API of the server under test, as its clients use it. */
export class Api {
  readonly #base: string;

  constructor(origin: string) {
    this.#base = `${origin}/api/v1/jiga`;
  }

  /** Rejects for any status that is not listed. */
  async call(
    method: string,
    path: string,
    options: { readonly body?: object; readonly key?: string; readonly signal?: AbortSignal; allow?: number[] } = {},
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
    const { body, key, signal, allow = [] } = options;
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const text = await response.text();
    if (!response.ok && !allow.includes(response.status)) throw new Error(`HTTP ${response.status}: ${text}`);
    return { status: response.status, body: JSON.parse(text) as Record<string, unknown> };
  }

  async create(userId: string, key?: string, signal?: AbortSignal): Promise<string> {
    const body = { user_id: userId };
    const options = { body, ...(key !== undefined && { key }), ...(signal && { signal }) };
    return String((await this.call('POST', '/sessions', options)).body['session_id']);
  }

  async sessionsOf(userId: string): Promise<string[]> {
    const { body } = await this.call('GET', `/sessions?user_id=${userId}`);
    return (body['items'] as { session_id: string }[]).map(({ session_id: id }) => id);
  }

  async close(id: string): Promise<void> {
    await this.call('DELETE', `/sessions/${id}`, { allow: [404] });
  }

  /** Begins to open a socket of the session; resolves when it has closed, however that came about. */
  socket(id: string, path: string): Promise<void> {
    const url = `${this.#base.replace(/^http/, 'ws')}/sessions/${id}/${path}?access_token=${ADMIN_KEY}`;
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on('error', () => {});
    return new Promise((resolve) => void socket.once('close', () => resolve()));
  }
}
