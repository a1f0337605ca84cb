import { Inject, Injectable, Logger } from '@nestjs/common';

import { CLOCK, passesEventFilters } from '@jiga/contracts';
import type { Clock, PublicEvent } from '@jiga/contracts';
import { CONFIG, PublicEventFeed } from '@jiga/platform';
import type { JigaConfig } from '@jiga/platform';
import { SESSION_STORE, hasEnded } from '@jiga/sessions';
import type { SessionStore } from '@jiga/sessions';

import { BatchWriter, type WriterStats } from './batch-writer.js';
import { EVENT_STORE, type EventQuery, type EventStore } from './event.store.js';
import { EventSubscription, type EventSink } from './event-subscription.js';
import { Journals, type OpenJournal } from './journals.js';
import { missingTransitions } from './missing-transitions.js';
import { RemovedSessions } from './removed-sessions.js';
import { endsSession, type SessionJournal } from './session-journal.js';
import type { EventTypes, SessionEvent, TimelineEntry } from './timeline-entry.js';

/** Events that wait for one session's past to be read. */
const PENDING_MAX = 1_000;
const HISTORY_PAGE = 200;
/** A session that reconnects every few seconds for a day stays below this. */
const STATE_CHANGES_MAX = 50_000;

export interface ResumePoint {
  /** As the subscriber named it. */
  readonly from: string;
  /** null when nobody knows it (any more). */
  readonly sequence: number | null;
}

export interface FollowOptions {
  readonly types: EventTypes;
  /** The last event that the subscriber has, and where it stands; null = begin with what happens next. */
  readonly resume: ResumePoint | null;
  readonly sink: EventSink;
  /** The subscription is over because the history cannot be read. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * The timelines of all sessions: every public event gets its place in its session's timeline, is told to those who
 * follow, and is written behind. Recording never waits.
 */
@Injectable()
export class TimelineService {
  readonly #log = new Logger(TimelineService.name);
  readonly #journals: Journals;
  readonly #writer: BatchWriter;
  readonly #removed = new RemovedSessions();
  /** Sessions whose past is being read, with what happened to them meanwhile. */
  readonly #opening = new Map<
    string,
    { readonly opened: Promise<OpenJournal | null>; readonly events: SessionEvent[] }
  >();
  #unsubscribe: () => void = () => {};

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(SESSION_STORE) private readonly sessions: SessionStore,
    @Inject(PublicEventFeed) private readonly feed: PublicEventFeed,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<JigaConfig, 'timeline' | 'retention'>,
  ) {
    this.#journals = new Journals(config.timeline, clock);
    this.#writer = new BatchWriter(store, clock, config.timeline);
  }

  get stats(): WriterStats & { readonly journals: number } {
    return { ...this.#writer.stats, journals: this.#journals.size };
  }

  /** null when events are being kept; what is wrong otherwise. */
  get problem(): string | null {
    return this.#writer.problem;
  }

  /** Begins to record what the feed tells. */
  start(): void {
    this.#unsubscribe = this.feed.subscribe((event) => this.#record(event));
  }

  /** Resolves when every event recorded so far is kept: for those who promise that to somebody. */
  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /** Oldest first, the newest included whether it is written yet or not. */
  async read(sessionId: string, query: EventQuery): Promise<TimelineEntry[]> {
    await this.#heal(sessionId);
    return this.#read(sessionId, query);
  }

  /** Where an event of this session stands; null when nobody knows it (any more). */
  async sequenceOf(sessionId: string, eventId: string): Promise<number | null> {
    const waiting = this.#writer.waitingOf(sessionId).find(({ event }) => event.event_id === eventId);
    const known = this.#journals.get(sessionId)?.journal.sequenceOf(eventId) ?? waiting?.sequence;
    return known ?? this.store.sequenceOf(sessionId, eventId);
  }

  /** The timeline to follow, of a session that exists; null when it does not. */
  async journalOf(sessionId: string): Promise<SessionJournal | null> {
    const opened = this.#journals.get(sessionId) ?? (await this.#open(sessionId, []));
    return opened?.journal ?? null;
  }

  /** Follows a session: what was missed since the resume point, then what happens, each event once and in order. */
  follow(journal: SessionJournal, { types, resume, sink, onFailure }: FollowOptions): EventSubscription {
    const { subscriberQueueMax: queueMax, resumeMax } = this.config.timeline;
    const readHistory = (after: number): Promise<TimelineEntry[]> =>
      this.#read(journal.sessionId, { after, limit: HISTORY_PAGE, types: null, since: null });
    const subscription = new EventSubscription({ journal, sink, readHistory, queueMax, resumeMax, onFailure }, types);
    if (resume) subscription.resume(resume.from, resume.sequence);
    else subscription.start();
    return subscription;
  }

  /**
   * Removes all events of these sessions, also those not written yet; resolves to how many were kept. Whatever still
   * comes of them is not recorded.
   */
  async remove(sessionIds: readonly string[]): Promise<number> {
    this.#removed.add(sessionIds);
    for (const id of sessionIds) this.#journals.forget(id);
    await this.#writer.discard(new Set(sessionIds));
    return this.store.removeSessions(sessionIds);
  }

  /** Writes what is left, for as long as `graceMs`, and records no more. May be called twice. */
  async close(graceMs: number): Promise<void> {
    this.#unsubscribe();
    await Promise.allSettled([...this.#opening.values()].map(({ opened }) => opened));
    const left = await this.#writer.close(graceMs);
    this.#journals.clear();
    if (left > 0) this.#log.error('Events could not be written before the stop', { count: left });
  }

  #record(event: PublicEvent): void {
    if (event.session_id === null || this.#removed.has(event.session_id)) return;
    const known = { ...event, session_id: event.session_id };
    const opened =
      this.#journals.get(known.session_id) ?? (isFirst(known) ? this.#journals.open(known.session_id) : null);
    if (opened) this.#append(opened, known);
    else this.#recordLate(known);
  }

  #append({ journal, sampler }: OpenJournal, event: SessionEvent): void {
    if (!sampler.takes(event)) return;
    const json = JSON.stringify(event.data);
    this.#writer.add({ entry: journal.append(event, Buffer.byteLength(json)), json });
    if (endsSession(event)) this.#journals.retire(event.session_id);
  }

  /** Something about a session that is not in memory, such as its end by a restart. */
  #recordLate(event: SessionEvent): void {
    const opening = this.#opening.get(event.session_id);
    if (opening) {
      if (opening.events.length < PENDING_MAX) opening.events.push(event);
      return;
    }
    this.#open(event.session_id, [event]).catch((error: unknown) => {
      this.#log.error('An event could not be recorded', { err: error, sessionId: event.session_id, event: event.type });
    });
  }

  #open(sessionId: string, events: SessionEvent[]): Promise<OpenJournal | null> {
    const underWay = this.#opening.get(sessionId);
    if (underWay) return underWay.opened;
    const opened = this.#readPast(sessionId, events).finally(() => this.#opening.delete(sessionId));
    this.#opening.set(sessionId, { opened, events });
    return opened;
  }

  /** Events of a session that is not stored (any more) have no timeline to go to. */
  async #readPast(sessionId: string, events: readonly SessionEvent[]): Promise<OpenJournal | null> {
    const record = await this.sessions.find(sessionId);
    if (!record) return null;
    if (this.#writer.waitingOf(sessionId).length > 0) await this.#writer.flush();
    const last = await this.store.lastSequence(sessionId);
    const missing = await this.#missingTransitions(sessionId, events);
    if (this.#removed.has(sessionId)) return null;
    // A session can be found before its beginning is told: that has opened its timeline meanwhile, from the first event.
    const begun = this.#journals.get(sessionId);
    if (begun) return begun;
    const opened = this.#journals.open(sessionId, { last, hasEnded: hasEnded(record.state) });
    for (const event of [...missing, ...events]) this.#append(opened, event);
    return opened;
  }

  /** Changes of state are kept with the session itself: a crash may have taken their events, never them. */
  async #missingTransitions(sessionId: string, events: readonly SessionEvent[]): Promise<SessionEvent[]> {
    const { eventsMs } = this.config.retention;
    const oldest = eventsMs === null ? 0 : (this.clock.nowMs() - eventsMs) / 1000;
    const transitions = (await this.sessions.transitionsOf(sessionId)).filter(({ at }) => at > oldest);
    const query = { after: 0, limit: STATE_CHANGES_MAX, types: ['session.state_changed'], since: null };
    const stored = await this.store.read(sessionId, query);
    return missingTransitions(sessionId, transitions, [...stored.map(({ event }) => event), ...events]);
  }

  /** A timeline that is not in memory is made whole before it is read. */
  async #heal(sessionId: string): Promise<void> {
    if (!this.#journals.get(sessionId)) await this.#open(sessionId, []);
  }

  async #read(sessionId: string, query: EventQuery): Promise<TimelineEntry[]> {
    const recent = this.#journals.get(sessionId)?.journal.after(query.after) ?? null;
    if (recent) return recent.filter((entry) => isWanted(entry, query)).slice(0, query.limit);
    // Before the store is asked: what is written meanwhile is then in both, never in neither.
    const waiting = this.#writer.waitingOf(sessionId).filter((entry) => isWanted(entry, query));
    const stored = await this.store.read(sessionId, query);
    const bySequence = new Map([...stored, ...waiting].map((entry) => [entry.sequence, entry]));
    return [...bySequence.values()].sort((a, b) => a.sequence - b.sequence).slice(0, query.limit);
  }
}

function isWanted({ sequence, event }: TimelineEntry, { after, types, since }: EventQuery): boolean {
  if (sequence <= after || (since !== null && event.timestamp < since)) return false;
  return types === null || passesEventFilters(types, event.type);
}

/** Whether a session begins with this event. */
const isFirst = ({ type, data }: SessionEvent): boolean =>
  type === 'session.state_changed' && 'from' in data && data.from === null;
