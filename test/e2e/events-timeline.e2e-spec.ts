import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { FakeAnalyzer } from '@jiga/testing';

import { SessionFacts } from '../support/session-facts.js';
import { TestServer } from '../support/start-test-server.js';

interface Event {
  readonly event_id: string;
  readonly type: string;
  readonly timestamp: number;
  readonly session_id: string;
  readonly data: Readonly<Record<string, unknown>>;
}
interface Page {
  readonly items: readonly Event[];
  readonly next_cursor: string | null;
}

/** Asks again until it holds; the test's own time limit ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}

describe('GET /sessions/{id}/events', () => {
  let server: TestServer;
  let id: string;
  let facts: SessionFacts;

  beforeAll(async () => {
    server = await TestServer.start({
      analyzer: new FakeAnalyzer(),
      // Nothing is written while a test runs, unless it asks for it.
      environment: { JIGA_TIMELINE_FLUSH_MS: '60000', JIGA_TIMELINE_ANALYSIS_INTERVAL_MS: '0' },
      credentials: { mine: { owner: 'me' }, other: { owner: 'somebody else' } },
    });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    id = await server.createSession();
    facts = new SessionFacts(server, id);
  });

  const get = (query = '', init: { token?: string; headers?: Record<string, string> } = {}): Promise<Response> =>
    server.fetch(`/sessions/${id}/events${query}`, init);
  const page = async (query = ''): Promise<Page> => (await get(query)).json() as Promise<Page>;
  const texts = ({ items }: Page): unknown[] => items.map(({ type, data }) => data['text'] ?? data['to'] ?? type);

  it('tells a session from its first moment, before anything is written', async () => {
    facts.callout('one');
    const { items, next_cursor } = await page();
    expect(items).toMatchObject([
      { type: 'session.state_changed', session_id: id, data: { from: null, to: 'created', reason: 'created' } },
      { type: 'session.state_changed', data: { from: 'created', to: 'active' } },
      { type: 'callout', data: { text: 'one' } },
    ]);
    expect(new Set(items.map(({ event_id }) => event_id)).size).toBe(3);
    expect(items.every(({ event_id, timestamp }) => /^evt_\w{22}$/.test(event_id) && timestamp > 1.7e9)).toBe(true);
    expect(next_cursor).toBeNull();
  });

  it('goes page by page', async () => {
    for (const text of ['a', 'b', 'c']) facts.callout(text);
    const first = await page('?limit=3');
    expect(texts(first)).toEqual(['created', 'active', 'a']);
    const second = await page(`?limit=3&cursor=${first.next_cursor}`);
    expect(texts(second)).toEqual(['b', 'c']);
    expect(second.next_cursor).toBeNull();
  });

  it('goes on after an event, and from a moment', async () => {
    facts.callout('a');
    const { items } = await page();
    const last = items.at(-1);
    facts.callout('b');
    expect(texts(await page(`?since=${last?.event_id}`))).toEqual(['b']);
    expect(texts(await page(`?since=${last?.timestamp}&types=callout`))).toEqual(['a', 'b']);
    expect(texts(await page('?since=99999999999'))).toEqual([]);
  });

  it('filters by types and families', async () => {
    facts.callout('a');
    facts.kill('bob');
    expect(texts(await page('?types=game.*'))).toEqual(['game.kill']);
    expect(texts(await page('?types=callout,game.kill'))).toEqual(['a', 'game.kill']);
    expect(texts(await page('?types=budget.*'))).toEqual([]);
    const all = await page('?types=game.*,session.state_changed&limit=2');
    expect(texts(await page(`?types=game.*,session.state_changed&limit=2&cursor=${all.next_cursor}`))).toEqual([
      'game.kill',
    ]);
  });

  it.each([
    ['?types=nonsense', '/types'],
    ['?types=', '/types'],
    ['?since=yesterday', '/since'],
    ['?since=evt_0000000000000000000000', '/since'],
    ['?cursor=!!', '/cursor'],
    ['?limit=0', '/limit'],
    ['?limit=1001', '/limit'],
    ['?page=2', '/page'],
  ])('refuses %s', async (query, pointer) => {
    const response = await get(query);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] });
  });

  it('records only analyses whose heavy stage ran', async () => {
    facts.analysis('ana_cheap', false);
    facts.analysis('ana_heavy', true);
    const { items } = await page('?types=analysis');
    expect(items.map(({ data }) => data['analysis_id'])).toEqual(['ana_heavy']);
  });

  it('tells of the sockets that carry media', async () => {
    const video = await server.connectVideo(id);
    await video.waitFor('direct_video_stream_connected');
    await video.close();
    await until(async () => (await page('?types=socket.*')).items.length === 2);
    const { items } = await page('?types=socket.*');
    expect(items.map(({ type }) => type)).toEqual(['socket.opened', 'socket.closed']);
    expect(items[0]?.data).toEqual({ socket: 'streamDirectVideo', connection_id: expect.stringMatching(/^conn_/) });
    expect(items[1]?.data).toEqual(items[0]?.data);
  });

  it("does not know other owners' sessions", async () => {
    id = await server.createSession({}, 'mine');
    expect((await get('', { token: 'mine' })).status).toBe(200);
    expect((await get('', { token: 'other' })).status).toBe(404);
    expect((await get('', { token: 'other', headers: { accept: 'text/event-stream' } })).status).toBe(404);
  });

  it('holds the whole of a session that has ended', async () => {
    facts.callout('a');
    await server.closeSession(id);
    const all = await page();
    expect(texts(all)).toEqual(['created', 'active', 'a', 'closing', 'closed']);
    expect(all.items.at(-1)?.data).toEqual({ from: 'closing', to: 'closed', reason: 'closed_by_client' });
  });

  describe('as a live feed', () => {
    const feeds: AbortController[] = [];
    afterAll(() => feeds.forEach((feed) => feed.abort()));

    /** Follows with these headers; `next` gives the blocks of the stream one by one, without its settings. */
    async function follow(headers: Record<string, string> = {}, query = '') {
      const controller = new AbortController();
      feeds.push(controller);
      const response = await server.fetch(`/sessions/${id}/events${query}`, {
        headers: { accept: 'text/event-stream', ...headers },
        signal: controller.signal,
      });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let buffer = '';
      const next = async (): Promise<string | null> => {
        for (;;) {
          const end = buffer.indexOf('\n\n');
          if (end >= 0) {
            const block = buffer.slice(0, end);
            buffer = buffer.slice(end + 2);
            if (!/^(retry|:)/.test(block)) return block;
            continue;
          }
          const chunk = await reader?.read();
          if (!chunk || chunk.done) return null;
          buffer += chunk.value;
        }
      };
      const event = async (): Promise<Event> => {
        const block = (await next()) ?? '';
        const [, eventId, type, data] = /^id: (\S+)\nevent: (\S+)\ndata: (.+)$/.exec(block) ?? [];
        const parsed = JSON.parse(data ?? 'null') as Event;
        expect([eventId, type]).toEqual([parsed.event_id, parsed.type]);
        return parsed;
      };
      return { response, next, event, stop: () => controller.abort() };
    }

    it('sends what happens', async () => {
      const feed = await follow();
      expect(feed.response.status).toBe(200);
      expect(feed.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(feed.response.headers.get('cache-control')).toContain('no-cache');
      facts.callout('line\nbreak');
      expect((await feed.event()).data['text']).toBe('line\nbreak');
      feed.stop();
    });

    it('sends what was missed since the last event, then goes on, and only the wanted types', async () => {
      facts.callout('a');
      const { items } = await page();
      facts.kill('bob');
      facts.callout('b');
      const feed = await follow({ 'last-event-id': items.at(-1)?.event_id ?? '' }, '?types=callout');
      facts.kill('eve');
      facts.callout('c');
      expect([(await feed.event()).data['text'], (await feed.event()).data['text']]).toEqual(['b', 'c']);
      feed.stop();
    });

    it('begins in the past when asked to', async () => {
      facts.callout('a');
      const feed = await follow({}, '?since=0');
      expect([(await feed.event()).data['to'], (await feed.event()).data['to']]).toEqual(['created', 'active']);
      expect((await feed.event()).data['text']).toBe('a');
      feed.stop();
    });

    it('says that it does not know an event, and how things stand', async () => {
      const feed = await follow({ 'last-event-id': 'evt_0000000000000000000000' });
      expect(await feed.next()).toBe(
        'event: resume_gap\ndata: {"from":"evt_0000000000000000000000","oldest":null,"missed":null}',
      );
      const snapshot = (await feed.next()) ?? '';
      expect(snapshot).toMatch(/^event: state_snapshot\ndata: /);
      expect(JSON.parse(snapshot.split('data: ')[1] ?? '')).toMatchObject({ session_id: id, state: 'active' });
      feed.stop();
    });

    it('ends with the session, after its last event, and stays away with 204', async () => {
      const feed = await follow();
      await server.closeSession(id);
      expect((await feed.event()).data['to']).toBe('closing');
      const last = await feed.event();
      expect(last.data['to']).toBe('closed');
      expect(await feed.next()).toBeNull();
      expect((await follow({ 'last-event-id': last.event_id })).response.status).toBe(204);
      expect((await follow()).response.status).toBe(204);
    });

    it('frees its place on the session when the client leaves', async () => {
      const open = async (): Promise<number> => {
        const response = await server.fetch(`/sessions/${id}/metrics`);
        return ((await response.json()) as { sockets: { open: number } }).sockets.open;
      };
      const feed = await follow();
      expect(await open()).toBe(1);
      feed.stop();
      await until(async () => (await open()) === 0);
    });
  });
});
