import { AppError, SessionState, unixSeconds, VideoInputSource } from '@jiga/contracts';
import type {
  AnalysisSession,
  CacheSettings,
  ChangeableSetting,
  Clock,
  FrameAnalyzer,
  SessionConfiguration,
  VisionSettings,
} from '@jiga/contracts';

import { targetP95Of } from './frame-targets.js';
import { step } from './lifecycle/session-state.js';
import { FULL_QUALITY, SessionMetrics } from './metrics/session-metrics.js';
import type { SessionFailure, SessionRecord, SessionTransition } from './session-record.js';

/** How and why a session ends; what an attached socket tells its client. */
export interface SessionEnding {
  readonly state: typeof SessionState.CLOSED | typeof SessionState.ERROR;
  readonly reason: string;
}

/** Whatever lives on a session and must end with it: a socket, an ingested stream. */
export interface SessionAttachment {
  /** Ends it; resolves when nothing of it is left. Called at most once, never after it was detached. */
  end(ending: SessionEnding): void | Promise<void>;
}

export type Detach = () => void;

/** Settings that may change while the session lives; what is absent stays. */
export type ConfigurationChanges = Partial<Pick<SessionConfiguration, ChangeableSetting>>;

export interface LiveSessionDeps {
  readonly clock: Clock;
  readonly socketsMax: number;
  readonly analyzer: FrameAnalyzer;
}

/** A session that has not ended: its record, its analysis, its figures, and all that hangs on it. */
export class LiveSession {
  readonly metrics: SessionMetrics;
  /** Feed frames to this; see AnalysisSession. It is closed when the session ends. */
  readonly analysis: AnalysisSession;
  readonly #abort = new AbortController();
  readonly #attachments = new Set<SessionAttachment>();
  #sockets = 0;
  #touchedAtMs: number;
  #record: SessionRecord;
  #teardown: Promise<void> | null = null;

  constructor(
    record: SessionRecord,
    private readonly deps: LiveSessionDeps,
  ) {
    this.#record = record;
    this.#touchedAtMs = deps.clock.monotonicMs();
    this.metrics = new SessionMetrics(deps.clock);
    const target_p95_ms = targetP95Of(record.configuration);
    this.metrics.quality = () => ({ ...FULL_QUALITY, target_p95_ms });
    this.analysis = deps.analyzer.open(visionSettings(record));
  }

  get id(): string {
    return this.#record.id;
  }

  get configuration(): SessionConfiguration {
    return this.#record.configuration;
  }

  /** The record as of now; it is replaced, never changed. */
  get record(): SessionRecord {
    return this.#record;
  }

  /** When somebody last made use of it, on the monotonic clock: a frame, a new socket, a message, a request, touch(). */
  get activeAtMs(): number {
    return Math.max(this.#touchedAtMs, this.metrics.lastFrameAtMs ?? 0);
  }

  /** Notes that somebody makes use of it in a way that it does not see by itself, such as sound. */
  touch(): void {
    this.#touchedAtMs = this.deps.clock.monotonicMs();
  }

  get isHighSpeed(): boolean {
    return this.configuration.high_speed_vision;
  }

  /** Longest time between two heavy analyses, in milliseconds. */
  get analysisIntervalMs(): number {
    return this.configuration.analysis_interval * 1000;
  }

  get maxConcurrentAnalyses(): number {
    return this.configuration.max_concurrent_analyses;
  }

  /** Aborted, with AppError `session_closed` as its reason, as soon as the session begins to end. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Attached sockets. */
  get sockets(): number {
    return this.#sockets;
  }

  /**
   * Attaches a socket, which counts towards the session's limit. Returns what detaches it (call it when the socket has
   * closed; more calls do nothing). One of the server's own (`isOwn`) takes no client's place, is counted nowhere, and
   * does not keep the session from being idle. Throws AppError `session_closed` or `socket_limit`.
   */
  attachSocket(socket: SessionAttachment, isOwn = false): Detach {
    if (isOwn) return this.attach(socket);
    if (this.#sockets >= this.deps.socketsMax) {
      throw new AppError('socket_limit', `The session has ${this.#sockets} sockets, which is its limit.`);
    }
    const detach = this.attach(socket);
    this.#sockets++;
    this.touch();
    this.metrics.socketOpened();
    let isCounted = true;
    return () => {
      detach();
      if (!isCounted) return;
      isCounted = false;
      this.#sockets--;
      this.metrics.socketClosed();
    };
  }

  /** Attaches anything else that must end with the session. Throws AppError `session_closed`. */
  attach(attachment: SessionAttachment): Detach {
    if (this.#abort.signal.aborted) throw new AppError('session_closed');
    this.#attachments.add(attachment);
    return () => void this.#attachments.delete(attachment);
  }

  /** Moves the session on. Throws an Error for a step that the state machine does not have. */
  moveTo(state: SessionState, reason: string): SessionTransition {
    const { record, transition } = step(this.#record, state, reason, unixSeconds(this.deps.clock));
    this.#record = record;
    return transition;
  }

  /** The record as it will be with settings that change at this moment (Unix seconds). */
  recordWith(changes: ConfigurationChanges, at = unixSeconds(this.deps.clock)): SessionRecord {
    const configuration = { ...this.configuration, ...changes };
    return { ...this.#record, configuration, updatedAt: Math.max(at, this.#record.updatedAt) };
  }

  /** Replaces settings that may change; they are in effect when this returns. `at` as in {@link recordWith}. */
  reconfigure(changes: ConfigurationChanges, at?: number): void {
    this.touch();
    this.#record = this.recordWith(changes, at);
    if (changes.skills !== undefined) this.analysis.configure({ skills: changes.skills });
  }

  /** Notes why the session is failing, before it moves to `error`. */
  noteFailure(reason: string, message: string, attempts: number): void {
    this.metrics.sessionFailed();
    if (this.configuration.video_input_source === VideoInputSource.TWITCH) this.metrics.twitchFailed(message);
    const failure: SessionFailure = { reason, message, attempts, failedAt: unixSeconds(this.deps.clock) };
    this.#record = { ...this.#record, failure };
  }

  /** Puts the last figures into the record, once nothing changes them any more. */
  keepMetrics(): void {
    this.#record = { ...this.#record, metrics: this.metrics.snapshot() };
  }

  /** Ends everything that hangs on the session, each whatever becomes of the others. Called again, it joins the first. */
  tearDown(ending: SessionEnding): Promise<void> {
    this.#teardown ??= this.#endAll(ending);
    return this.#teardown;
  }

  async #endAll(ending: SessionEnding): Promise<void> {
    this.#abort.abort(new AppError('session_closed'));
    const attachments = [...this.#attachments];
    this.#attachments.clear();
    await Promise.allSettled(attachments.map(async (attachment) => attachment.end(ending)));
    await this.analysis.close().catch(() => {});
  }
}

const visionSettings = ({ id, configuration }: SessionRecord): VisionSettings => ({
  sessionId: id,
  game: configuration.game,
  mode: configuration.processing_mode,
  analysisIntervalMs: configuration.analysis_interval * 1000,
  skills: configuration.skills,
  cache: cacheSettingsOf(configuration),
});

/** Without high speed nothing is shared: a session that asks for little is to have it exact. */
const cacheSettingsOf = ({ high_speed_vision, high_speed_config: config }: SessionConfiguration): CacheSettings => ({
  enabled: high_speed_vision && config.enable_caching,
  similarity: config.cache_similarity,
  ttlMs: config.cache_ttl * 1000,
});
