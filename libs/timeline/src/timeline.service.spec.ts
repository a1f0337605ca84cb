import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { SessionState } from '@jiga/contracts';
import type { PublicEvent } from '@jiga/contracts';
import type { Database, JigaConfig, PublicEventFeed } from '@jiga/platform';
import { SESSION_MIGRATIONS } from '@jiga/sessions';
import type { SessionRecord, SessionStore, SessionTransition } from '@jiga/sessions';
import { deferred, sqliteTestDatabase, VirtualClock } from '@jiga/testing';
import type { TestDatabase } from '@jiga/testing';

import { KyselyEventStore } from './storage/kysely-event.store.js';
import { TIMELINE_MIGRATIONS } from './storage/event.migrations.js';
import { TimelineService } from './timeline.service.js';

const ID = 'sess_a';
const { ACTIVE, CLOSED, CLOSING, CREATED } = SessionState;
const ALL = { after: 0, limit: 100, types: null, since: null };
const SETTINGS: Pick<JigaConfig, 'timeline' | 'retention'> = {
  timeline: {
    analyses: 'heavy',
    analysisIntervalMs: 1_000,
    replayEvents: 5,
    replayBytes: 1e6,
    queueMax: 1_000,
    flushMs: 50,
    batchMax: 100,
    subscriberQueueMax: 100,
    resumeMax: 100,
  },
  retention: {
    eventsMs: null,
    analysesMs: 1e9,
    sessionsMs: 1e9,
    auditMs: 1,
    teamMessagesMs: 1,
    usageMs: 1,
    sweepIntervalMs: 1e6,
  },
};

/** Sessions as they are stored: one, in this state, with these transitions. */
class OneSession implements Pick<SessionStore, 'find' | 'transitionsOf'> {
  state: SessionState = ACTIVE;
  transitions: SessionTransition[] = [];

  find(id: string): Promise<SessionRecord | null> {
    return Promise.resolve(id === ID ? ({ id, state: this.state } as SessionRecord) : null);
  }
  transitionsOf(): Promise<SessionTransition[]> {
    return Promise.resolve(this.transitions);
  }
}

describe('TimelineService', () => {
  let home: TestDatabase;
  let database: Database;
  let clock: VirtualClock;
  let sessions: OneSession;
  let timeline: TimelineService;
  let tell: (event: PublicEvent) => void;
  let made = 0;

  beforeEach(async () => {
    home = await sqliteTestDatabase();
    database = await home.open();
    await database.migrate([...SESSION_MIGRATIONS, ...TIMELINE_MIGRATIONS]);
    clock = new VirtualClock();
    sessions = new OneSession();
    begin();
  });
  afterEach(async () => {
    await timeline.close(1_000);
    await home.remove();
  });

  /** A timeline as a server has it that has just started. */
  function begin(): void {
    const feed = { subscribe: (listener: typeof tell) => ((tell = listener), () => {}) };
    const store = new KyselyEventStore(database);
    timeline = new TimelineService(
      store,
      sessions as unknown as SessionStore,
      feed as unknown as PublicEventFeed,
      clock,
      SETTINGS,
    );
    timeline.start();
  }
  function event(type: string, data: object, at = 0): void {
    tell({ event_id: `evt_${++made}`, type, timestamp: at, session_id: ID, data });
  }
  /** A change of state, kept with the session and told. */
  function move(from: SessionState | null, to: SessionState, at: number, isTold = true): void {
    sessions.state = to;
    sessions.transitions.push({ at, from, to, reason: 'test' });
    if (isTold) event('session.state_changed', { from, to, reason: 'test' }, at);
  }
  const told = async (query = {}): Promise<unknown[]> =>
    (await timeline.read(ID, { ...ALL, ...query })).map(({ sequence, event: { type, data } }) => [
      sequence,
      'to' in data ? data.to : 'n' in data ? data.n : type,
    ]);

  it('gives what is written and what is not yet as one', async () => {
    move(null, CREATED, 1);
    for (let n = 1; n <= 8; n++) event('callout', { n });
    await timeline.flush();
    for (let n = 9; n <= 11; n++) event('callout', { n });
    expect(await told({ after: 1 })).toEqual(Array.from({ length: 11 }, (_, i) => [i + 2, i + 1]));
    expect(await told({ after: 8, limit: 2 })).toEqual([
      [9, 8],
      [10, 9],
    ]);
  });

  it('takes at most one analysis in the interval, and only with a heavy stage', async () => {
    move(null, CREATED, 1);
    const analysis = (n: number, isHeavy = true): void =>
      event('analysis', { n, metadata: { stages_ms: { cheap: 1, ...(isHeavy && { heavy: 9 }) } } });
    analysis(1, false);
    analysis(2);
    clock.advance(999);
    analysis(3);
    clock.advance(1);
    analysis(4, false);
    analysis(5);
    expect(await told({ types: ['analysis'] })).toEqual([
      [2, 2],
      [3, 5],
    ]);
  });

  it('heals the changes of state that a crash took: they are kept with the session', async () => {
    move(null, CREATED, 1);
    event('callout', { n: 'kept' });
    await timeline.flush();
    // What follows is acknowledged with the session, but the process dies before its events are written.
    move(CREATED, ACTIVE, 2, false);
    begin();
    move(ACTIVE, CLOSED, 3);
    expect(await told()).toEqual([
      [1, CREATED],
      [2, 'kept'],
      [3, ACTIVE],
      [4, CLOSED],
    ]);
    await timeline.flush();
    begin();
    expect(await told()).toHaveLength(4);
  });

  it('is one timeline for who asks for a session that is being made, and for who records it', async () => {
    const looking = deferred<Awaited<ReturnType<typeof sessions.find>>>();
    const find = sessions.find.bind(sessions);
    sessions.find = () => looking.promise;
    // Kept with the session, which can be found from then on, and told a moment later.
    sessions.transitions.push({ at: 1, from: null, to: CREATED, reason: 'test' });
    const asked = timeline.journalOf(ID);
    event('session.state_changed', { from: null, to: CREATED, reason: 'test' }, 1);
    event('callout', { n: 1 });
    looking.resolve(await find(ID));
    const journal = await asked;
    event('callout', { n: 2 });
    expect(journal?.after(0)).toHaveLength(3);
    await timeline.flush();
    const kept = [
      [1, CREATED],
      [2, 1],
      [3, 2],
    ];
    expect(await told()).toEqual(kept);
    begin();
    expect(await told()).toEqual(kept);
  });

  it('goes on where the numbers were, in the order in which things came', async () => {
    move(null, CREATED, 1);
    await timeline.flush();
    begin();
    for (const n of [1, 2, 3]) event('callout', { n });
    expect(await told()).toEqual([
      [1, CREATED],
      [2, 1],
      [3, 2],
      [4, 3],
    ]);
  });

  it('keeps nothing of a session that does not exist', async () => {
    tell({ event_id: 'evt_x', type: 'callout', timestamp: 0, session_id: 'sess_b', data: {} });
    tell({ event_id: 'evt_y', type: 'webhook.test', timestamp: 0, session_id: null, data: {} });
    expect(await timeline.journalOf('sess_b')).toBeNull();
    await timeline.flush();
    expect(
      await database.tables<{ session_events: object }>().selectFrom('session_events').selectAll().execute(),
    ).toEqual([]);
  });

  it('lets the memory of an ended session go', async () => {
    move(null, CREATED, 1);
    move(CREATED, CLOSING, 2);
    move(CLOSING, CLOSED, 3);
    await timeline.flush();
    expect(timeline.stats.journals).toBe(1);
    clock.advance(60_000);
    expect(timeline.stats.journals).toBe(0);
    expect(await told()).toEqual([
      [1, CREATED],
      [2, CLOSING],
      [3, CLOSED],
    ]);
  });

  it('removes sessions with what is not written yet', async () => {
    move(null, CREATED, 1);
    await timeline.flush();
    event('callout', { n: 1 });
    expect(await timeline.remove([ID])).toBe(1);
    sessions.find = () => Promise.resolve(null);
    await timeline.flush();
    expect(await told()).toEqual([]);
  });

  it('records nothing of a removed session, also when it was being looked up meanwhile', async () => {
    move(null, CREATED, 1);
    await timeline.flush();
    begin();
    const found = await sessions.find(ID);
    const looking = deferred<typeof found>();
    sessions.find = () => looking.promise;
    event('callout', { n: 'late' });
    await timeline.remove([ID]);
    looking.resolve(found);
    await timeline.journalOf(ID);
    event('callout', { n: 'later' });
    await timeline.flush();
    expect(await told()).toEqual([]);
    expect(timeline.stats.waiting).toBe(0);
  });

  it('leaves no timer when it closes', async () => {
    move(null, CREATED, 1);
    move(CREATED, CLOSED, 2);
    await timeline.close(1_000);
    expect(clock.pending).toBe(0);
    begin();
    expect(await told()).toHaveLength(2);
  });
});
