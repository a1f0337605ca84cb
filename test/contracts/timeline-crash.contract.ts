import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { MakeTestDatabase, TestDatabase } from '@jiga/testing';

import { ServerProcess } from '../support/server-process.js';

interface Event {
  readonly event_id: string;
  readonly type: string;
  readonly session_id: string;
  readonly data: Readonly<Record<string, unknown>>;
}
interface Page {
  readonly items: readonly Event[];
  readonly next_cursor: string | null;
}

/** What clients were told has happened. */
interface Acknowledged {
  readonly messages: string[];
  readonly closed: string[];
  readonly created: string[];
}

const TEAM = 4;
/** Requests under way at any moment, and answers after which the server is killed. */
const CLIENTS = 8;
const KILL_AFTER = 150;

/** What is on the timelines of a server that is killed in the middle of its work. */
export function timelineCrashContract(name: string, make: MakeTestDatabase): void {
  describe(`the timelines of a server killed under load on ${name}`, () => {
    let home: TestDatabase;
    const servers: ServerProcess[] = [];

    beforeEach(async () => {
      home = await make();
    });
    afterEach(async () => {
      for (const server of servers.splice(0)) await server.kill();
      await home.remove();
    });

    // Writing behind would be slow enough to lose events, were answers not to wait for it.
    async function start(): Promise<ServerProcess> {
      const server = await ServerProcess.start({ ...home.environment, JIGA_TIMELINE_FLUSH_MS: '2000' });
      servers.push(server);
      return server;
    }
    async function createSession(server: ServerProcess): Promise<string> {
      const response = await server.post('/sessions', { user_id: 'ann', team_id: 'red' });
      const { session_id: id } = (await response.json()) as { session_id: string };
      expect(response.status).toBe(201);
      return id;
    }
    async function timelineOf(server: ServerProcess, id: string): Promise<Event[]> {
      const events: Event[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Page = await server.get(`/sessions/${id}/events?limit=100${cursor && `&cursor=${cursor}`}`);
        events.push(...page.items);
        cursor = page.next_cursor;
      }
      return events;
    }

    /** Clients talk, open and close until the server is killed under them. */
    async function useUntilKilled(victim: ServerProcess, team: readonly string[]): Promise<Acknowledged> {
      const acknowledged: Acknowledged = { messages: [], closed: [], created: [] };
      let answers = 0;
      const client = async (number: number): Promise<void> => {
        for (let turn = 0; ; turn++) {
          if (turn % 5 === 4) {
            const id = await createSession(victim);
            acknowledged.created.push(id);
            if ((await victim.delete(`/sessions/${id}`)).status === 200) acknowledged.closed.push(id);
          } else {
            const from = team[(number + turn) % TEAM] ?? '';
            const response = await victim.post(`/sessions/${from}/team-messages`, { text: `${number}.${turn}` });
            const { message_id: id } = (await response.json()) as { message_id: string };
            if (response.status === 201) acknowledged.messages.push(id);
          }
          if (++answers === KILL_AFTER) void victim.kill();
        }
      };
      await Promise.allSettled(Array.from({ length: CLIENTS }, (_, number) => client(number)));
      await victim.kill();
      return acknowledged;
    }

    it('hold every acknowledged event, once, and end with the restart', async () => {
      const victim = await start();
      const team: string[] = [];
      for (let i = 0; i < TEAM; i++) team.push(await createSession(victim));
      const { messages, closed, created } = await useUntilKilled(victim, team);
      expect(messages.length).toBeGreaterThan(50);
      expect(closed.length).toBeGreaterThan(5);

      const server = await start();
      for (const id of team) {
        const events = await timelineOf(server, id);
        expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
        expect(events.every(({ session_id }) => session_id === id)).toBe(true);
        const told = events.filter(({ type }) => type === 'team_message').map(({ data }) => data['message_id']);
        expect(new Set(told).size).toBe(told.length);
        expect(messages.filter((message) => !told.includes(message))).toEqual([]);
        const states = events.filter(({ type }) => type === 'session.state_changed');
        expect(states.map(({ data }) => data['to'])).toEqual(['created', 'active', 'closed']);
        expect(events.at(-1)?.data['reason']).toBe('server_restarted');
      }
      for (const id of created) {
        const events = (await timelineOf(server, id)).filter(({ type }) => type === 'session.state_changed');
        const states = events.map(({ data }) => data['to']);
        if (closed.includes(id)) expect(states).toEqual(['created', 'active', 'closing', 'closed']);
        else expect([states.slice(0, 2), states.at(-1)]).toEqual([['created', 'active'], 'closed']);
      }
    }, 120_000);
  });
}
