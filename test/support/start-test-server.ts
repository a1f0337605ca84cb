import type { Clock, FrameAnalyzer } from '@jiga/contracts';
import { SCOPES } from '@jiga/platform';
import type { Credential, CredentialVerifier, Environment, Scope } from '@jiga/platform';
import { SocketClient, tempDir } from '@jiga/testing';
import type { ConnectOptions } from '@jiga/testing';

import { createServer } from '../../apps/server/src/create-server.js';
import type { JigaServer } from '../../apps/server/src/create-server.js';

export const ADMIN_KEY = 'test-admin-key-0123456789';
const BASE = '/api/v1/jiga';

export interface TestServerOptions {
  readonly analyzer?: FrameAnalyzer;
  readonly clock?: Clock;
  readonly environment?: Environment;
  /** More credentials: token → what it stands for. */
  readonly credentials?: Readonly<Record<string, TestCredential>>;
}

export interface TestCredential {
  readonly owner: string;
  readonly scopes?: readonly Scope[];
}

/** A whole server on a free port, with a data directory of its own and an admin key. */
export class TestServer {
  private constructor(
    readonly server: JigaServer,
    readonly origin: string,
    private readonly removeData: () => Promise<void>,
  ) {}

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const data = await tempDir();
    const server = await createServer({
      environment: {
        PORT: '0',
        JIGA_DATA_DIR: data.path,
        JIGA_ADMIN_KEY: ADMIN_KEY,
        JIGA_LOG_LEVEL: 'silent',
        // Nobody has anywhere to move to, and a virtual clock would wait for ever.
        JIGA_SOCKET_MOVE_GRACE_MS: '0',
        ...options.environment,
      },
      ...(options.clock && { clock: options.clock }),
      ...(options.analyzer && { analyzer: options.analyzer }),
      verifiers: [new TableVerifier(options.credentials ?? {})],
    });
    return new TestServer(server, await server.listen(), data.remove);
  }

  /** An HTTP call below the base path, as admin unless a token is given. */
  fetch(path: string, init: RequestInit & { readonly token?: string } = {}): Promise<Response> {
    const { token = ADMIN_KEY, ...rest } = init;
    return fetch(`${this.origin}${BASE}${path}`, {
      ...rest,
      headers: {
        authorization: `Bearer ${token}`,
        ...(rest.body !== undefined && { 'content-type': 'application/json' }),
        ...headersOf(rest),
      },
    });
  }

  /** Creates a session; returns its id. */
  async createSession(request: Readonly<Record<string, unknown>> = {}, token = ADMIN_KEY): Promise<string> {
    const response = await this.fetch('/sessions', {
      method: 'POST',
      body: JSON.stringify({ user_id: 'tester', ...request }),
      token,
    });
    if (response.status !== 201) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
    const { session_id: id } = (await response.json()) as { session_id: string };
    return id;
  }

  async closeSession(id: string): Promise<void> {
    const response = await this.fetch(`/sessions/${id}`, { method: 'DELETE' });
    if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  }

  /** What the addresses of sockets begin with. */
  get socketOrigin(): string {
    return `${this.origin.replace(/^http/, 'ws')}${BASE}`;
  }

  /** The address of a session's video socket. */
  videoUrl(sessionId: string): string {
    return `${this.socketOrigin}/sessions/${sessionId}/streamDirectVideo`;
  }

  connectHighSpeed(sessionId: string, options: ConnectOptions = { token: ADMIN_KEY }): Promise<SocketClient> {
    return SocketClient.connect(`${this.socketOrigin}/sessions/${sessionId}/high-speed/stream`, options);
  }

  connectVideo(sessionId: string, options: ConnectOptions = { token: ADMIN_KEY }): Promise<SocketClient> {
    return SocketClient.connect(this.videoUrl(sessionId), options);
  }

  /** Stops the server and removes its data. May be called twice. */
  async stop(): Promise<void> {
    await this.server.close();
    await this.removeData();
  }
}

/** Knows the tokens of a table. */
class TableVerifier implements CredentialVerifier {
  constructor(private readonly table: Readonly<Record<string, TestCredential>>) {}

  verify(token: string): Promise<Credential | null> {
    const found = Object.hasOwn(this.table, token) ? this.table[token] : undefined;
    if (!found) return Promise.resolve(null);
    const { owner, scopes = SCOPES.filter((scope) => scope !== 'admin') } = found;
    return Promise.resolve({ id: token, owner, scopes: new Set(scopes), isAdmin: scopes.includes('admin') });
  }
}

function headersOf({ headers }: RequestInit): Record<string, string> {
  return Object.fromEntries(new Headers(headers));
}
