import { Inject, Injectable, Logger } from '@nestjs/common';

import {
  AppError,
  CHANGEABLE_SETTINGS,
  CLOCK,
  FRAME_ANALYZER,
  isId,
  newId,
  SessionState,
  unixSeconds,
  VideoInputSource,
} from '@jiga/contracts';
import type { Clock, FrameAnalyzer, SessionConfiguration, SessionRequest } from '@jiga/contracts';
import { CONFIG, EventBus, maySeeSession } from '@jiga/platform';
import type { Credential, JigaConfig } from '@jiga/platform';

import { effectiveConfiguration } from './effective-configuration.js';
import { watchExpiry } from './lifecycle/session-expiry.js';
import { SessionSlots } from './lifecycle/session-slots.js';
import { LiveSession, type ConfigurationChanges, type SessionEnding } from './live-session.js';
import type { SessionMetricsSnapshot } from './metrics/session-metrics.js';
import { SessionMetrics } from './metrics/session-metrics.js';
import type { SessionFailure, SessionRecord, SessionTransition } from './session-record.js';
import { SESSION_STORE, type SessionFilter, type SessionPosition, type SessionStore } from './session.store.js';

interface LiveEntry {
  readonly live: LiveSession;
  readonly releaseSlot: () => void;
  /** The last write of its record: they go one after the other, so that none brings an older state back. */
  saving: Promise<void>;
  /** Set once the session has begun to end. */
  ending?: Promise<SessionRecord>;
}

export interface SessionPage {
  readonly records: readonly SessionRecord[];
  /** Where the next page goes on; null on the last. */
  readonly next: SessionPosition | null;
}

/**
 * Sessions from creation to end. What lives is in memory and kept in the store at every change of state; what has
 * ended is in the store alone. Every call is made for a credential, and sessions of other owners do not exist for it.
 */
@Injectable()
export class SessionsService {
  readonly #log = new Logger(SessionsService.name);
  readonly #live = new Map<string, LiveEntry>();
  readonly #slots: SessionSlots;
  #isStopping = false;

  constructor(
    @Inject(SESSION_STORE) private readonly store: SessionStore,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: JigaConfig,
    @Inject(FRAME_ANALYZER) private readonly analyzer: FrameAnalyzer,
  ) {
    this.#slots = new SessionSlots(config.sessions);
  }

  /** Sessions that live on this server. */
  get liveCount(): number {
    return this.#live.size;
  }

  /**
   * Makes a session from a validated request; it is kept before this resolves. Throws AppError `forbidden`,
   * `capability_unavailable`, `session_limit` or `draining`.
   */
  create(request: SessionRequest, credential: Credential): Promise<SessionRecord> {
    return this.#admit(effectiveConfiguration(request, this.config.sessions), credential, null);
  }

  /**
   * Makes a session with the configuration of another, whatever its state. Throws AppError `session_not_found`, and what
   * create() throws.
   */
  async recreate(id: string, credential: Credential): Promise<SessionRecord> {
    const { configuration } = await this.get(id, credential);
    return this.#admit(configuration, credential, id);
  }

  /** Throws AppError `session_not_found`. */
  async get(id: string, credential: Credential): Promise<SessionRecord> {
    const record = this.#live.get(id)?.live.record ?? (isId('session', id) ? await this.store.find(id) : null);
    if (!record || !maySeeSession(credential, record)) throw new AppError('session_not_found');
    return record;
  }

  /** The live session, to send it frames. Throws AppError `session_not_found`, or `session_closed` when it has ended. */
  async open(id: string, credential: Credential): Promise<LiveSession> {
    await this.get(id, credential);
    const live = this.#live.get(id)?.live;
    if (!live || live.signal.aborted) throw new AppError('session_closed');
    return live;
  }

  /** The live session when there is one, for what shows it; null when it has ended. */
  peek(id: string): LiveSession | null {
    return this.#live.get(id)?.live ?? null;
  }

  /** Every session that lives on this server. */
  all(): readonly LiveSession[] {
    return [...this.#live.values()].map(({ live }) => live);
  }

  /** Sessions of one owner's team that live on this server. */
  liveTeam(owner: string, teamId: string): LiveSession[] {
    return this.all().filter(({ record }) => record.owner === owner && record.configuration.team_id === teamId);
  }

  /**
   * Replaces settings that may change: in the live session at once, then in the store. Throws AppError
   * `session_not_found` or `session_closed`.
   */
  async reconfigure(id: string, credential: Credential, changes: ConfigurationChanges): Promise<SessionRecord> {
    const live = await this.open(id, credential);
    const entry = this.#live.get(id);
    if (!entry) throw new AppError('session_closed');
    const before = live.configuration;
    live.reconfigure(changes);
    await this.#save(entry, []);
    for (const setting of CHANGEABLE_SETTINGS.filter((each) => changes[each] !== undefined)) {
      const fact = { sessionId: id, at: live.record.updatedAt, setting, from: before[setting], to: changes[setting] };
      this.bus.publish('session.configuration_changed', fact);
    }
    return live.record;
  }

  /** Newest first; only what the credential may see. */
  async list(
    filter: Omit<SessionFilter, 'owner'>,
    credential: Credential,
    limit: number,
    after?: SessionPosition,
  ): Promise<SessionPage> {
    const visible: SessionFilter = credential.isAdmin ? filter : { ...filter, owner: credential.owner };
    const found = await this.store.list(visible, limit + 1, after);
    const records = found.slice(0, limit).map((record) => this.#live.get(record.id)?.live.record ?? record);
    const last = found.length > limit ? records.at(-1) : undefined;
    return { records, next: last ? { createdAt: last.createdAt, id: last.id } : null };
  }

  /** Oldest first. Throws AppError `session_not_found`. */
  async transitions(id: string, credential: Credential): Promise<SessionTransition[]> {
    await this.get(id, credential);
    return this.store.transitionsOf(id);
  }

  /** A session's figures: as of now while it lives, the last ones after. */
  metricsOf(record: SessionRecord): SessionMetricsSnapshot {
    const live = this.#live.get(record.id)?.live;
    return live?.metrics.snapshot() ?? record.metrics ?? new SessionMetrics(this.clock).snapshot();
  }

  /**
   * Ends the session and all that hangs on it; resolves to it as it ended. On one that has ended it changes nothing.
   * Throws AppError `session_not_found`.
   */
  async close(id: string, credential: Credential, reason = 'closed_by_client'): Promise<SessionRecord> {
    const record = await this.get(id, credential);
    const entry = this.#live.get(id);
    return entry ? this.#end(entry, { state: SessionState.CLOSED, reason }) : this.#settled(record);
  }

  /** Ends the session for a reason of the server's own. One that has ended already is left as it is. */
  async end(id: string, reason: string): Promise<void> {
    const entry = this.#live.get(id);
    if (entry) await this.#end(entry, { state: SessionState.CLOSED, reason });
  }

  /** Ends the session in state `error`. One that is ending already is left to it. */
  async fail(id: string, reason: string, message: string, attempts = 1): Promise<void> {
    const entry = this.#live.get(id);
    if (!entry) return;
    if (!entry.ending) entry.live.noteFailure(reason, message, attempts);
    await this.#end(entry, { state: SessionState.ERROR, reason });
  }

  /** Ends what a server that died had left open; for the start, before anything is served. */
  async endInterrupted(): Promise<void> {
    const at = unixSeconds(this.clock);
    const records = await this.store.endInterrupted(at, SERVER_RESTARTED);
    for (const { id, state } of records) {
      this.#publish(id, { at, from: state, to: SessionState.CLOSED, reason: SERVER_RESTARTED });
    }
    if (records.length > 0) this.#log.warn('Sessions of the last run are closed', { count: records.length });
  }

  /** Takes no more sessions and ends those that live. May be called twice. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const ending: SessionEnding = { state: SessionState.CLOSED, reason: SERVER_RESTARTED };
    await Promise.allSettled([...this.#live.values()].map((entry) => this.#end(entry, ending)));
  }

  async #admit(
    configuration: SessionConfiguration,
    credential: Credential,
    recreatedFrom: string | null,
  ): Promise<SessionRecord> {
    refuseForbidden(configuration, credential);
    refuseUnavailable(configuration);
    if (this.#isStopping) throw new AppError('draining');
    const releaseSlot = this.#slots.take(credential.id);
    try {
      return await this.#start({ ...this.#newRecord(configuration, credential), recreatedFrom }, releaseSlot);
    } catch (error) {
      releaseSlot();
      throw error;
    }
  }

  #newRecord(configuration: SessionConfiguration, { id: credentialId, owner }: Credential): SessionRecord {
    const at = unixSeconds(this.clock);
    return {
      id: newId('session'),
      owner,
      credentialId,
      configuration,
      state: SessionState.CREATED,
      reason: 'created',
      createdAt: at,
      updatedAt: at,
      endedAt: null,
      failure: null,
      metrics: null,
      recreatedFrom: null,
    };
  }

  /** The session is published, and found by others, only once it is kept. */
  async #start(record: SessionRecord, releaseSlot: () => void): Promise<SessionRecord> {
    const { clock, analyzer, config } = this;
    const live = new LiveSession(record, { clock, analyzer, socketsMax: config.sessions.socketsPerSessionMax });
    const created: SessionTransition = { at: record.createdAt, from: null, to: record.state, reason: record.reason };
    const transitions = [created, live.moveTo(SessionState.ACTIVE, 'endpoints_ready')];
    try {
      await this.store.insert(live.record, transitions);
    } catch (error) {
      await live.tearDown({ state: SessionState.ERROR, reason: 'not_stored' });
      throw error;
    }
    const entry: LiveEntry = { live, releaseSlot, saving: Promise.resolve() };
    this.#live.set(record.id, entry);
    for (const transition of transitions) this.#publish(record.id, transition);
    this.#limitDuration(entry);
    this.#watchExpiry(entry);
    if (this.#isStopping) return this.#end(entry, { state: SessionState.CLOSED, reason: SERVER_RESTARTED });
    return live.record;
  }

  #limitDuration(entry: LiveEntry): void {
    const seconds = entry.live.configuration.budget?.seconds;
    if (seconds === undefined) return;
    const cancel = this.clock.after(seconds * 1000, () => {
      this.#end(entry, { state: SessionState.CLOSED, reason: 'budget_spent' }).catch(() => {});
    });
    entry.live.attach({ end: cancel });
  }

  #watchExpiry(entry: LiveEntry): void {
    const cancel = watchExpiry(entry.live, this.clock, (reason) => {
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
      this.#publish(live.id, transition, live.record.failure);
    };
    try {
      move(ending.state === SessionState.ERROR ? SessionState.ERROR : SessionState.CLOSING);
      await live.tearDown(ending);
      if (ending.state === SessionState.CLOSED) move(SessionState.CLOSED);
      live.keepMetrics();
      await this.#save(entry, transitions);
      return live.record;
    } catch (error) {
      this.#log.error('Session could not be kept as it ended', { sessionId: live.id, err: error });
      throw error;
    } finally {
      this.#live.delete(live.id);
      releaseSlot();
    }
  }

  /** Between the two looks of close() the session may have ended: its record is then read again. */
  async #settled(record: SessionRecord): Promise<SessionRecord> {
    return record.endedAt === null ? ((await this.store.find(record.id)) ?? record) : record;
  }

  /** Writes the record as it is when its turn comes. */
  #save(entry: LiveEntry, transitions: readonly SessionTransition[]): Promise<void> {
    entry.saving = entry.saving.catch(() => {}).then(() => this.store.update(entry.live.record, transitions));
    return entry.saving;
  }

  #publish(sessionId: string, transition: SessionTransition, failure: SessionFailure | null = null): void {
    const isFailure = failure !== null && transition.to === SessionState.ERROR;
    const told = isFailure && { failure: { message: failure.message, attempts: failure.attempts } };
    this.bus.publish('session.state_changed', { sessionId, ...transition, ...told });
  }
}

const SERVER_RESTARTED = 'server_restarted';

function refuseForbidden({ is_admin, permissions }: SessionConfiguration, credential: Credential): void {
  if ((is_admin || permissions === 'admin') && !credential.isAdmin) {
    throw new AppError('forbidden', 'A session with admin permissions needs an admin credential.');
  }
}

/** Better no session than one that would wait for ever for a picture nobody fetches. */
function refuseUnavailable({ video_input_source: source }: SessionConfiguration): void {
  if (source === VideoInputSource.DIRECT_SCREEN) return;
  throw new AppError(
    'capability_unavailable',
    `This server does not ingest ${source} streams. Use video_input_source direct_screen and send the frames yourself.`,
  );
}
