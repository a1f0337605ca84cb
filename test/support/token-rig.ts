import { FakeAnalyzer, VirtualClock } from '@jiga/testing';

import { call, type CallAnswer } from './call.js';
import { TestServer } from './start-test-server.js';

export interface TokenAnswer {
  readonly token: string;
  readonly token_id: string;
  readonly expires_at: number;
}

/** A server that two owners know, `studio-token` and `other-token`, on a clock of the test's own. */
export class TokenRig {
  private constructor(
    readonly server: TestServer,
    readonly clock: VirtualClock,
  ) {}

  static async start(): Promise<TokenRig> {
    const clock = new VirtualClock();
    const credentials = { 'studio-token': { owner: 'studio' }, 'other-token': { owner: 'other' } };
    // Time leaps here: a ping would seem to go unanswered.
    const environment = { JIGA_SOCKET_PING_INTERVAL_MS: '600000' };
    const server = await TestServer.start({ analyzer: new FakeAnalyzer(), clock, credentials, environment });
    return new TokenRig(server, clock);
  }

  issue(session: string, request: unknown, token = 'studio-token'): Promise<CallAnswer<TokenAnswer>> {
    return call<TokenAnswer>(this.server, 'POST', `/sessions/${session}/tokens`, request, { token });
  }

  async tokenFor(session: string, permissions: string, ttl = 600): Promise<string> {
    const { status, body } = await this.issue(session, { permissions, ttl_seconds: ttl });
    if (status !== 201) throw new Error(`HTTP ${status}: ${JSON.stringify(body)}`);
    return body.token;
  }
}
