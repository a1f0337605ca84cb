import { Logger } from '@nestjs/common';

import { AppError, CHANGEABLE_SETTINGS, SessionState } from '@jiga/contracts';
import type { Clock, FrameAnalyzer } from '@jiga/contracts';
import type { EventBus } from '@jiga/platform';

import { LiveSession, type ConfigurationChanges, type SessionEnding } from '../live-session.js';
import type { SessionMetricsSnapshot } from '../metrics/session-metrics.js';
import type { SessionFailure, SessionRecord, SessionTransition } from '../session-record.js';
import type { SessionStore } from '../session.store.js';
import { firstStep } from '../sources/first-step.js';
import { RecordWriter } from './record-writer.js';
import { watchExpiry } from './session-expiry.js';
import { SessionInserts } from './session-inserts.js';

interface LiveEntry {
  readonly live: LiveSession;
  readonly releaseSlot: () => void;
  readonly writer: RecordWriter;
  /** The figures that were kept last, as JSON. */
  keptFigures: string;
  /** Set once the session has begun to end. */
  ending?: Promise<SessionRecord>;
}

export interface LiveSessionsDeps {
  readonly store: SessionStore;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly clock: Clock;
  readonly analyzer: FrameAnalyzer;
  readonly socketsPerSessionMax: number;
}

/** Figures kept in one transaction, and gathered in one turn: few enough that no frame waits for it. */
const FIGURES_AT_ONCE = 20;

/** Reason of sessions that ended because their server did. */
export const SERVER_RESTARTED = 'server_restarted';

/**
 * The sessions that live on this server, from their first state to their last. Every change is kept in the store and
 * told on the bus; whatever way a session ends, it is gone from here and its slot is free.
 */
export class LiveSessions {
  readonly #log = new Logger(LiveSessions.name);
  readonly #entries = new Map<string, LiveEntry>();
  /** Sessions that have ended, and whose end the store does not have yet. */
  readonly #unkept = new Map<string, LiveEntry>();
  /** Sessions that the store may show already although they do not live yet. */
  readonly #starting = new Map<string, Promise<unknown>>();
  readonly #inserts: SessionInserts;
  #isStopping = false;

  constructor(private readonly deps: LiveSessionsDeps) {
    this.#inserts = new SessionInserts(deps.store);
  }

  get count(): number {
    return this.#entries.size;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  get(id: string): LiveSession | null {
    return this.#entries.get(id)?.live ?? null;
  }

  /** As of now, of one that lives or whose end is not in the store yet; null for any other. */
  recordOf(id: string): SessionRecord | null {
    return (this.#entries.get(id) ?? this.#unkept.get(id))?.live.record ?? null;
  }

  all(): readonly LiveSession[] {
    return [...this.#entries.values()].map(({ live }) => live);
  }

  /** The session is published, and found by others, only once it is kept. `releaseSlot` is called when it has ended. */
  start(record: SessionRecord, releaseSlot: () => void): Promise<SessionRecord> {
    const starting = this.#start(record, releaseSlot).finally(() => this.#starting.delete(record.id));
    this.#starting.set(record.id, starting);
    return starting;
  }

  async #start(record: SessionRecord, releaseSlot: () => void): Promise<SessionRecord> {
    const { clock, analyzer, socketsPerSessionMax: socketsMax, store } = this.deps;
    const live = new LiveSession(record, { clock, analyzer, socketsMax });
    const created: SessionTransition = { at: record.createdAt, from: null, to: record.state, reason: record.reason };
    const next = firstStep(record.configuration);
    const transitions = [created, live.moveTo(next.state, next.reason)];
    try {
      await this.#inserts.insert(live.record, transitions);
    } catch (error) {
      await live.tearDown({ state: SessionState.ERROR, reason: 'not_stored' });
      throw error;
    }
    const writer = new RecordWriter(live, store, transitions.length);
    const entry: LiveEntry = { live, releaseSlot, writer, keptFigures: '' };
    this.#entries.set(record.id, entry);
    for (const transition of transitions) this.publish(record.id, transition);
    this.#limitDuration(entry);
    this.#watchExpiry(entry);
    if (this.#isStopping) return this.#end(entry, { state: SessionState.CLOSED, reason: SERVER_RESTARTED });
    return live.record;
  }

  /** Replaces settings that may change: in the store, then in the session. Throws AppError `session_closed`. */
  async reconfigure(id: string, changes: ConfigurationChanges): Promise<SessionRecord> {
    const entry = this.#entries.get(id);
    if (!entry || entry.ending) throw new AppError('session_closed');
    const { live } = entry;
    const before = await entry.writer.reconfigure(changes);
    for (const setting of CHANGEABLE_SETTINGS.filter((each) => changes[each] !== undefined)) {
      const fact = { sessionId: id, at: live.record.updatedAt, setting, from: before[setting], to: changes[setting] };
      this.deps.bus.publish('session.configuration_changed', fact);
    }
    return live.record;
  }

  /**
   * Moves a session on between its living states, as its source comes and goes: told at once, resolves when it is kept.
   * One that is ending or gone is left alone.
   */
  async advance(id: string, state: SessionState, reason: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry || entry.ending || entry.live.record.state === state) return;
    const transition = entry.live.moveTo(state, reason);
    this.publish(id, transition);
    await entry.writer.write([transition]);
  }

  /**
   * Ends the session and all that hangs on it; null when it is not here. Called again, it joins the first. One that is
   * just being started, which others may see in the store, is ended as soon as it lives. Rejects when the end cannot be
   * kept; called again, it tries to keep it.
   */
  async end(id: string, ending: SessionEnding): Promise<SessionRecord | null> {
    await this.#starting.get(id)?.catch(() => {});
    const entry = this.#entries.get(id);
    return entry ? this.#end(entry, ending) : this.#keepEnd(id);
  }

  /** Ends the session in state `error`. One that is ending already is left to it. */
  async fail(id: string, reason: string, message: string, attempts: number): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (!entry.ending) entry.live.noteFailure(reason, message, attempts);
    await this.#end(entry, { state: SessionState.ERROR, reason });
  }

  /**
   * Keeps the ends that could not be kept, begins to take back what could not be made, and keeps the figures that have
   * changed since the last time, so that they outlive this process. Never rejects.
   */
  async keepFigures(): Promise<void> {
    void this.#inserts.settle();
    if (this.#unkept.size > 0 && !(await this.#keepEnds())) return;
    const entries = [...this.#entries.values()];
    for (let start = 0; start < entries.length; start += FIGURES_AT_ONCE) {
      const changed = entries.slice(start, start + FIGURES_AT_ONCE).flatMap((entry) => newsOf(entry));
      if (changed.length === 0) continue;
      try {
        await this.deps.store.keepMetrics(new Map(changed.map(({ entry, figures }) => [entry.live.id, figures])));
        for (const { entry, text } of changed) entry.keptFigures = text;
      } catch (error) {
        this.#log.warn('Could not keep the figures of sessions', { err: error, count: changed.length });
        return;
      }
    }
  }

  /** Ends all, also what is being started. May be called twice. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const ending: SessionEnding = { state: SessionState.CLOSED, reason: SERVER_RESTARTED };
    // Those that are being started end by themselves as soon as they live.
    await Promise.allSettled(this.#starting.values());
    await Promise.allSettled([...this.#entries.values()].map((entry) => this.#end(entry, ending)));
    await this.#inserts.settle();
    await this.#keepEnds();
  }

  /** Tells a change of state on the bus. */
  publish(sessionId: string, transition: SessionTransition, failure: SessionFailure | null = null): void {
    const isFailure = failure !== null && transition.to === SessionState.ERROR;
    const told = isFailure && { failure: { message: failure.message, attempts: failure.attempts } };
    this.deps.bus.publish('session.state_changed', { sessionId, ...transition, ...told });
  }

  #limitDuration(entry: LiveEntry): void {
    const seconds = entry.live.configuration.budget?.seconds;
    if (seconds === undefined) return;
    const cancel = this.deps.clock.after(seconds * 1000, () => {
      this.#end(entry, { state: SessionState.CLOSED, reason: 'budget_spent' }).catch(() => {});
    });
    entry.live.attach({ end: cancel });
  }

  #watchExpiry(entry: LiveEntry): void {
    const cancel = watchExpiry(entry.live, this.deps.clock, (reason) => {
      this.#end(entry, { state: SessionState.CLOSED, reason }).catch(() => {});
    });
    entry.live.attach({ end: cancel });
  }

  #end(entry: LiveEntry, ending: SessionEnding): Promise<SessionRecord> {
    entry.ending ??= this.#runEnd(entry, ending);
    return entry.ending;
  }

  /** Whatever fails on the way, the session is gone from memory and its slot free. */
  async #runEnd(entry: LiveEntry, ending: SessionEnding): Promise<SessionRecord> {
    const { live, releaseSlot } = entry;
    const transitions: SessionTransition[] = [];
    const move = (state: SessionState): void => {
      const transition = live.moveTo(state, ending.reason);
      transitions.push(transition);
      this.publish(live.id, transition, live.record.failure);
    };
    try {
      move(ending.state === SessionState.ERROR ? SessionState.ERROR : SessionState.CLOSING);
      await live.tearDown(ending);
      if (ending.state === SessionState.CLOSED) move(SessionState.CLOSED);
      live.keepMetrics();
      this.#unkept.set(live.id, entry);
      await entry.writer.write(transitions);
      this.#unkept.delete(live.id);
      return live.record;
    } catch (error) {
      this.#log.error('Session could not be kept as it ended, which is tried again', {
        sessionId: live.id,
        err: error,
      });
      throw error;
    } finally {
      this.#entries.delete(live.id);
      releaseSlot();
    }
  }

  /** The record of a session whose end was not kept, once it is; null when there is none. */
  async #keepEnd(id: string): Promise<SessionRecord | null> {
    const entry = this.#unkept.get(id);
    if (!entry) return null;
    await entry.writer.write();
    this.#unkept.delete(id);
    return entry.live.record;
  }

  /** False when the store does not take them yet. */
  async #keepEnds(): Promise<boolean> {
    try {
      for (const id of this.#unkept.keys()) await this.#keepEnd(id);
      return true;
    } catch (error) {
      this.#log.warn('Could not keep how sessions ended', { err: error, count: this.#unkept.size });
      return false;
    }
  }
}

interface News {
  readonly entry: LiveEntry;
  readonly figures: SessionMetricsSnapshot;
  readonly text: string;
}

/** The figures of a session when they are not those that were kept last; of one that is ending its end keeps them. */
function newsOf(entry: LiveEntry): News[] {
  if (entry.ending) return [];
  const figures = entry.live.metrics.snapshot();
  const text = JSON.stringify(figures);
  return text === entry.keptFigures ? [] : [{ entry, figures, text }];
}
