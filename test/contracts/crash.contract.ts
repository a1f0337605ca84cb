import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { MakeTestDatabase, TestDatabase } from '@jiga/testing';

import { ServerProcess } from '../support/server-process.js';

interface Created {
  readonly id?: string;
  readonly session_id?: string;
}

/** An acknowledged creation: the key that it was asked with, and the answer. */
interface Acknowledged {
  readonly path: string;
  readonly key: string;
  readonly body: Created;
}

type Acknowledgements = ReadonlyMap<number, Acknowledged>;

interface AuditPage {
  readonly items: readonly { readonly action: string; readonly target: string }[];
  readonly next_cursor: string | null;
}

/** Requests under way at any moment. */
const CLIENTS = 8;
const KILL_AFTER = 40;

/** What a server that is killed in the middle of its work leaves behind, and finds again. */
export function crashContract(name: string, make: MakeTestDatabase): void {
  describe(`a server killed under load on ${name}`, () => {
    let home: TestDatabase;
    let server: ServerProcess | null = null;
    beforeEach(async () => {
      home = await make();
    });
    afterEach(async () => {
      await server?.kill();
      await home.remove();
    });

    const requestOf = (i: number) =>
      i % 2 === 0
        ? { path: '/sessions', key: `crash-${i}`, content: { user_id: `player-${i}` } }
        : { path: '/api-keys', key: `crash-${i}`, content: { name: `key-${i}` } };

    const send = async (to: ServerProcess, i: number): Promise<Response> => {
      const { path, key, content } = requestOf(i);
      return to.post(path, content, { 'idempotency-key': key });
    };

    /** Clients create one after the other until the server is killed under them. */
    async function createUntilKilled(victim: ServerProcess): Promise<{ sent: number; acknowledged: Acknowledgements }> {
      const acknowledged = new Map<number, Acknowledged>();
      let sent = 0;
      const client = async (): Promise<void> => {
        for (;;) {
          const i = sent++;
          const response = await send(victim, i);
          const body = (await response.json()) as Created;
          if (response.status === 201) acknowledged.set(i, { ...requestOf(i), body });
          if (acknowledged.size >= KILL_AFTER) void victim.kill();
        }
      };
      await Promise.allSettled(Array.from({ length: CLIENTS }, client));
      await victim.kill();
      return { sent, acknowledged };
    }

    async function auditOf(on: ServerProcess): Promise<Set<string>> {
      const targets = new Set<string>();
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: AuditPage = await on.get(`/audit?limit=200${cursor && `&cursor=${cursor}`}`);
        for (const { action, target } of page.items) targets.add(`${action} ${target}`);
        cursor = page.next_cursor;
      }
      return targets;
    }

    it('has every acknowledged session, key and answer after the restart, and no request left hanging', async () => {
      const victim = await ServerProcess.start(home.environment);
      const { sent, acknowledged } = await createUntilKilled(victim);
      expect(acknowledged.size).toBeGreaterThanOrEqual(KILL_AFTER);
      expect(acknowledged.size).toBeLessThan(sent);

      server = await ServerProcess.start(home.environment);
      for (let i = 0; i < sent; i++) {
        const response = await send(server, i);
        const body = (await response.json()) as Created;
        const known = acknowledged.get(i);
        expect([i, response.status]).toEqual([i, 201]);
        if (!known) continue;
        expect(response.headers.get('idempotent-replayed')).toBe('true');
        expect(body).toEqual(known.body);
        await server.get(`${known.path}/${known.body.session_id ?? known.body.id}`);
      }
      const audit = await auditOf(server);
      for (const { body } of acknowledged.values()) {
        if (body.id !== undefined) expect(audit).toContain(`api_key.created ${body.id}`);
        else expect(audit).toContain(`session.closed ${body.session_id}`);
      }
    }, 120_000);
  });
}
