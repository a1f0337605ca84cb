import { Inject, Injectable, Logger } from '@nestjs/common';

import { AppError, CLOCK, FRAME_ANALYZER, isId, SessionState, unixSeconds } from '@jiga/contracts';
import type { CancelTimer, Clock, FrameAnalyzer, SessionConfiguration, SessionRequest } from '@jiga/contracts';
import { CONFIG, EventBus, maySeeSession } from '@jiga/platform';
import type { Credential, JigaConfig } from '@jiga/platform';

import { effectiveConfiguration } from './effective-configuration.js';
import { newRecord, refuseForbidden } from './lifecycle/admission.js';
import { LiveSessions, SERVER_RESTARTED } from './lifecycle/live-sessions.js';
import { SessionSlots } from './lifecycle/session-slots.js';
import type { ConfigurationChanges, LiveSession } from './live-session.js';
import type { SessionMetricsSnapshot } from './metrics/session-metrics.js';
import { SessionMetrics } from './metrics/session-metrics.js';
import type { SessionRecord, SessionTransition } from './session-record.js';
import { SESSION_STORE, type SessionFilter, type SessionPosition, type SessionStore } from './session.store.js';
import { isIngested } from './sources/first-step.js';
import { LiveSourceControl } from './sources/source-control.js';
import { SourceStarters } from './sources/source-starters.js';

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
  readonly #live: LiveSessions;
  readonly #slots: SessionSlots;
  #stopKeeping: CancelTimer | null = null;
  #keeping: Promise<void> | null = null;

  constructor(
    @Inject(SESSION_STORE) private readonly store: SessionStore,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: JigaConfig,
    @Inject(FRAME_ANALYZER) analyzer: FrameAnalyzer,
    @Inject(SourceStarters) private readonly starters: SourceStarters,
  ) {
    const { socketsPerSessionMax } = config.sessions;
    this.#slots = new SessionSlots(config.sessions);
    this.#live = new LiveSessions({ store, bus, clock, analyzer, socketsPerSessionMax });
  }

  /** Sessions that live on this server. */
  get liveCount(): number {
    return this.#live.count;
  }

  /**
   * Makes a session from a validated request; it is kept before this resolves, and its source is started after. Throws
   * AppError `forbidden`, `capability_unavailable`, `validation_failed`, `session_limit` or `draining`.
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
    const record = this.#live.recordOf(id) ?? (isId('session', id) ? await this.store.find(id) : null);
    if (!record || !maySeeSession(credential, record)) throw new AppError('session_not_found');
    return record;
  }

  /** The live session, to make use of it, which keeps it from being idle. Throws AppError `session_not_found`, or `session_closed` when it has ended. */
  async open(id: string, credential: Credential): Promise<LiveSession> {
    await this.get(id, credential);
    const live = this.#live.get(id);
    if (!live || live.signal.aborted) throw new AppError('session_closed');
    if (credential.isOwn !== true) live.touch();
    return live;
  }

  /** The live session when there is one, for what shows it; null when it has ended. */
  peek(id: string): LiveSession | null {
    return this.#live.get(id);
  }

  /** Every session that lives on this server. */
  all(): readonly LiveSession[] {
    return this.#live.all();
  }

  /** Sessions of one owner's team that live on this server. */
  liveTeam(owner: string, teamId: string): LiveSession[] {
    return this.all().filter(({ record }) => record.owner === owner && record.configuration.team_id === teamId);
  }

  /**
   * Replaces settings that may change: in the store, then in the live session, or in neither. Throws AppError
   * `session_not_found` or `session_closed`.
   */
  async reconfigure(id: string, credential: Credential, changes: ConfigurationChanges): Promise<SessionRecord> {
    await this.get(id, credential);
    return this.#live.reconfigure(id, changes);
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
    const records = found.slice(0, limit).map((record) => this.#live.recordOf(record.id) ?? record);
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
    const live = this.#live.get(record.id);
    // What an older version kept may lack figures.
    return live?.metrics.snapshot() ?? { ...new SessionMetrics(this.clock).snapshot(), ...record.metrics };
  }

  /**
   * Ends the session and all that hangs on it; resolves to it as it ended. On one that has ended it changes nothing.
   * Throws AppError `session_not_found`.
   */
  async close(id: string, credential: Credential, reason = 'closed_by_client'): Promise<SessionRecord> {
    const record = await this.get(id, credential);
    return (await this.#live.end(id, { state: SessionState.CLOSED, reason })) ?? this.#settled(record);
  }

  /** Ends the session for a reason of the server's own. One that has ended already is left as it is. */
  async end(id: string, reason: string): Promise<void> {
    await this.#live.end(id, { state: SessionState.CLOSED, reason });
  }

  /** Ends the session in state `error`. One that is ending already is left to it. */
  fail(id: string, reason: string, message: string, attempts = 1): Promise<void> {
    return this.#live.fail(id, reason, message, attempts);
  }

  /**
   * Moves a session on between `connecting`, `active` and `reconnecting`. One that is ending, gone, or in that state
   * already is left alone.
   */
  advance(id: string, state: SessionState, reason: string): Promise<void> {
    return this.#live.advance(id, state, reason);
  }

  /** Begins to keep the figures of live sessions from time to time, so that they outlive this process. */
  startKeepingFigures(): void {
    this.#stopKeeping ??= this.clock.every(this.config.sessions.figuresIntervalMs, () => {
      this.#keeping ??= this.#live.keepFigures().finally(() => (this.#keeping = null));
    });
  }

  /** Ends what a server that died had left open; for the start, before anything is served. */
  async endInterrupted(): Promise<void> {
    const at = unixSeconds(this.clock);
    const records = await this.store.endInterrupted(at, SERVER_RESTARTED);
    for (const { id, state } of records) {
      this.#live.publish(id, { at, from: state, to: SessionState.CLOSED, reason: SERVER_RESTARTED });
    }
    if (records.length > 0) this.#log.warn('Sessions of the last run are closed', { count: records.length });
  }

  /** Takes no more sessions and ends those that live. May be called twice. */
  async stop(): Promise<void> {
    this.#stopKeeping?.();
    await this.#keeping;
    await this.#live.stop();
  }

  async #admit(
    configuration: SessionConfiguration,
    credential: Credential,
    recreatedFrom: string | null,
  ): Promise<SessionRecord> {
    refuseForbidden(configuration, credential);
    this.starters.refuseUnavailable(configuration);
    if (this.#live.isStopping) throw new AppError('draining');
    const releaseSlot = this.#slots.take(credential.id, isIngested(configuration));
    try {
      const record = newRecord(configuration, credential, unixSeconds(this.clock), recreatedFrom);
      const started = await this.#live.start(record, releaseSlot);
      this.#startSource(record.id);
      return started;
    } catch (error) {
      releaseSlot();
      throw error;
    }
  }

  /** The next step of a new session, by its source. One that is ending already takes none. */
  #startSource(id: string): void {
    const session = this.#live.get(id);
    if (!session || session.signal.aborted) return;
    const { bus, clock } = this;
    const control = new LiveSourceControl(session, { sessions: this.#live, bus, clock });
    try {
      this.starters.of(session.configuration).start(control);
    } catch (error) {
      this.#log.error('Source could not be started', { sessionId: id, err: error });
      control.fail({ cause: 'internal', message: 'The source could not be started.', attempts: 1 });
    }
  }

  /** Between the two looks of close() the session may have ended: its record is then read again. */
  async #settled(record: SessionRecord): Promise<SessionRecord> {
    return record.endedAt === null ? ((await this.store.find(record.id)) ?? record) : record;
  }
}
