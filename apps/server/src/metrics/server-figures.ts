import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';

import { SessionState } from '@jiga/contracts';
import type { DomainEvents } from '@jiga/contracts';
import { addProcessMetrics, EventBus, Metrics, Shutdown } from '@jiga/platform';
import { hasEnded, SessionsService, type LiveSession, type SessionMetricsSnapshot } from '@jiga/sessions';

/** Counts since the server started. */
export interface Totals {
  readonly sessions: { readonly created: number; readonly closed: number; readonly failed: number };
  readonly operations: { readonly total: number; readonly failed: number; readonly lastAt: number | null };
  readonly frames: {
    readonly received: number;
    readonly analysed: number;
    readonly failed: number;
    readonly dropped: number;
  };
  readonly heavyAnalyses: number;
  readonly gameEvents: number;
  readonly callouts: number;
  readonly teamMessages: number;
}

type Work = Pick<Totals, 'operations' | 'frames' | 'heavyAnalyses'>;

const NO_WORK: Work = {
  operations: { total: 0, failed: 0, lastAt: null },
  frames: { received: 0, analysed: 0, failed: 0, dropped: 0 },
  heavyAnalyses: 0,
};

/** The figures of the whole server: for Prometheus, and as the API's own JSON. */
@Injectable()
export class ServerFigures implements OnModuleInit {
  #ended: Work = NO_WORK;
  #sessions = { created: 0, closed: 0, failed: 0 };
  #gameEvents = 0;
  #callouts = 0;
  /** By id: a message reaches each session of its team, and is one. */
  #lastTeamMessage: string | null = null;
  #teamMessages = 0;

  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  onModuleInit(): void {
    this.shutdown.register('storage', 'process metrics', addProcessMetrics(this.metrics));
    this.metrics.gaugeBy('jiga_sessions', 'Live sessions by state.', 'state', () => this.liveByState());
    this.#watchSessions();
    this.#watchVision();
    this.bus.subscribe('team.message', ({ message }) => {
      if (message.message_id !== this.#lastTeamMessage) this.#teamMessages++;
      this.#lastTeamMessage = message.message_id;
    });
  }

  /** Every state, also those in which no session is. */
  liveByState(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const state of Object.values(SessionState)) {
      if (state !== SessionState.CLOSED && state !== SessionState.ERROR) counts[state] = 0;
    }
    for (const { record } of this.#live()) counts[record.state] = (counts[record.state] ?? 0) + 1;
    return counts;
  }

  totals(): Totals {
    const live = this.#live().map(({ metrics }) => workOf(metrics.snapshot()));
    return {
      sessions: { ...this.#sessions },
      ...live.reduce(together, this.#ended),
      gameEvents: this.#gameEvents,
      callouts: this.#callouts,
      teamMessages: this.#teamMessages,
    };
  }

  /** Those whose work is not among what has ended: a session is still there while its end is being kept. */
  #live(): readonly LiveSession[] {
    return this.sessions.all().filter(({ record }) => !hasEnded(record.state));
  }

  #watchSessions(): void {
    const transitions = this.metrics.counter('jiga_session_transitions_total', 'Changes of state of sessions.', [
      'to',
      'reason',
    ]);
    this.bus.subscribe('session.state_changed', ({ sessionId, from, to, reason }) => {
      transitions.add({ to, reason });
      if (from === null) this.#sessions.created++;
      if (to === SessionState.CLOSED) this.#sessions.closed++;
      if (to === SessionState.ERROR) this.#sessions.failed++;
      if (to === SessionState.CLOSED || to === SessionState.ERROR) this.#keep(sessionId);
    });
  }

  #keep(sessionId: string): void {
    const ended = this.sessions.peek(sessionId);
    if (ended) this.#ended = together(this.#ended, workOf(ended.metrics.snapshot()));
  }

  /** Every frame has some of the same few stages. */
  #stageRecorder(): (stage: string, ms: number) => void {
    const stages = this.metrics.duration('jiga_frame_stage_duration_seconds', 'Stages of the analysis.', ['stage']);
    const recorders = new Map<string, (ms: number) => void>();
    return (stage, ms) => {
      const recorder = recorders.get(stage) ?? stages.recorder({ stage });
      recorders.set(stage, recorder);
      recorder(ms);
    };
  }

  #watchVision(): void {
    const frames = this.metrics.counter('jiga_frames_analysed_total', 'Frames with a result.', ['mode']);
    const heavy = this.metrics.counter('jiga_heavy_analyses_total', 'Heavy stages that ran.', []);
    const stage = this.#stageRecorder();
    const events = this.metrics.counter('jiga_game_events_total', 'Events seen in games.', ['type']);
    const callouts = this.metrics.counter('jiga_callouts_total', 'Callouts made.', ['priority']);
    this.bus.subscribe('vision.frame_analysed', ({ result: { metadata } }: DomainEvents['vision.frame_analysed']) => {
      frames.add({ mode: metadata.mode });
      if (metadata.stages_ms['heavy'] !== undefined) heavy.add({});
      for (const name in metadata.stages_ms) stage(name, metadata.stages_ms[name] ?? 0);
      stage('queue', metadata.queue_ms);
      stage('processing', metadata.processing_ms);
    });
    this.bus.subscribe('vision.game_event', ({ event }) => {
      this.#gameEvents++;
      events.add({ type: event.type });
    });
    this.bus.subscribe('vision.callout', ({ callout }) => {
      this.#callouts++;
      callouts.add({ priority: callout.priority });
    });
  }
}

const workOf = (metrics: SessionMetricsSnapshot): Work => ({
  operations: {
    total: metrics.total_operations,
    failed: metrics.failed_operations,
    lastAt: metrics.last_operation_time,
  },
  frames: {
    received: metrics.frames.received,
    analysed: metrics.frames.analysed,
    failed: metrics.frames.failed,
    dropped: Object.values(metrics.frames.dropped).reduce((sum, count) => sum + count, 0),
  },
  heavyAnalyses: metrics.analyses.heavy,
});

const together = (a: Work, b: Work): Work => ({
  operations: {
    total: a.operations.total + b.operations.total,
    failed: a.operations.failed + b.operations.failed,
    lastAt: Math.max(a.operations.lastAt ?? 0, b.operations.lastAt ?? 0) || null,
  },
  frames: {
    received: a.frames.received + b.frames.received,
    analysed: a.frames.analysed + b.frames.analysed,
    failed: a.frames.failed + b.frames.failed,
    dropped: a.frames.dropped + b.frames.dropped,
  },
  heavyAnalyses: a.heavyAnalyses + b.heavyAnalyses,
});
