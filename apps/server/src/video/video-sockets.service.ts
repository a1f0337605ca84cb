import { availableParallelism } from 'node:os';

import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, unixSeconds } from '@jiga/contracts';
import type { Clock, DomainEvents } from '@jiga/contracts';
import { CONFIG, EventBus, OnDomainEvent } from '@jiga/platform';
import type { Connection, JigaConfig } from '@jiga/platform';
import { targetFpsOf, targetP95Of } from '@jiga/sessions';
import type { LiveSession } from '@jiga/sessions';
import { FrameIntake, FrameScheduler, SessionFlow } from '@jiga/video';

import { LastFrames } from './last-frames.service.js';
import type { FrameConnection, FrameConnectionDeps } from './frame-connection.js';

/** An analysis that takes longer than this is lost: the heaviest stage is far below a second. */
const ANALYSIS_TIMEOUT_MS = 15_000;
/** Frames in the cheap stage at once, per core: enough for a decode thread to get several in one message. */
const CHEAP_PER_CORE = 4;
/** As many may wait as are under analysis. */
const IN_FLIGHT_FACTOR = 2;

/** The protocol of one of the video sockets. */
type FrameProtocol = new (deps: FrameConnectionDeps) => FrameConnection;

interface Attaching {
  readonly connection: Connection;
  readonly session: LiveSession;
  readonly isOwn?: boolean;
}

/** The video sockets of every live session, and the one flow of frames that those of a session share. */
@Injectable()
export class VideoSockets {
  readonly #flows = new WeakMap<LiveSession, SessionFlow>();
  readonly #bySession = new Map<string, Set<FrameConnection>>();
  readonly #scheduler: FrameScheduler;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: JigaConfig,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(LastFrames) private readonly lastFrames: LastFrames,
  ) {
    this.#scheduler = new FrameScheduler({ clock, atOnce: CHEAP_PER_CORE * Math.max(2, availableParallelism()) });
  }

  /**
   * Puts a connection on a session and greets it. One of the server's own (`isOwn`) is no news. Throws AppError
   * `session_closed`, `socket_limit`.
   */
  attach({ connection, session, isOwn = false }: Attaching, Protocol: FrameProtocol): void {
    const { clock, config } = this;
    const video = new Protocol({
      connection,
      session,
      flow: this.flowOf(session),
      frames: config.frames,
      clock,
      onClosed: (closed) => {
        detach();
        this.#remove(closed);
        if (!isOwn) this.#tell('session.socket_closed', closed, connection);
      },
    });
    const detach = session.attachSocket(video, isOwn);
    this.#add(video);
    video.welcome();
    video.pushCredit();
    if (!isOwn) this.#tell('session.socket_opened', video, connection);
    connection.start(video);
  }

  /** The way into a session's analysis for all that sends it frames. Throws AppError `session_closed`. */
  intakeOf(session: LiveSession): FrameIntake {
    return this.flowOf(session).intake;
  }

  /** How the frames of a session come. Throws AppError `session_closed`. */
  flowOf(session: LiveSession): SessionFlow {
    const known = this.#flows.get(session);
    if (known) return known;
    const intake = this.#makeIntake(session);
    const targetP95Ms = targetP95Of(session.configuration);
    const flow = new SessionFlow({
      intake,
      clock: this.clock,
      credit: {
        max_in_flight: session.maxConcurrentAnalyses * IN_FLIGHT_FACTOR,
        max_fps: targetFpsOf(session.configuration),
        max_px: this.config.frames.maxPixels,
      },
      rateTolerance: this.config.frames.rateTolerance,
      targetP95Ms,
      onStep: ({ from, to, reason, p95Ms }, effort) => {
        session.analysis.configure({ effort });
        for (const video of this.#bySession.get(session.id) ?? []) video.pushCredit();
        const change = { from, to, reason, p95Ms, targetP95Ms: targetP95Ms ?? 0, credit: flow.credit };
        this.bus.publish('session.quality_changed', { sessionId: session.id, at: unixSeconds(this.clock), ...change });
      },
    });
    session.metrics.quality = () => flow.quality;
    this.#flows.set(session, flow);
    return flow;
  }

  @OnDomainEvent('vision.callout')
  onCallout({ sessionId, callout }: DomainEvents['vision.callout']): void {
    for (const video of this.#bySession.get(sessionId) ?? []) video.pushCallout(callout);
  }

  #makeIntake(session: LiveSession): FrameIntake {
    const intake = new FrameIntake({
      sessionId: session.id,
      analysis: session.analysis,
      concurrency: session.maxConcurrentAnalyses,
      waitingBytesMax: this.config.frames.waitingMaxBytes,
      timeoutMs: ANALYSIS_TIMEOUT_MS,
      clock: this.clock,
      recorder: session.metrics,
      scheduler: this.#scheduler,
      onFrame: (frame) => this.lastFrames.note(session, frame),
    });
    session.attach({ end: () => intake.close() });
    return intake;
  }

  #tell(fact: 'session.socket_opened' | 'session.socket_closed', video: FrameConnection, { id }: Connection): void {
    const { sessionId, socket } = video;
    this.bus.publish(fact, { sessionId, at: unixSeconds(this.clock), socket, connectionId: id });
  }

  #add(video: FrameConnection): void {
    const sockets = this.#bySession.get(video.sessionId) ?? new Set();
    sockets.add(video);
    this.#bySession.set(video.sessionId, sockets);
  }

  #remove(video: FrameConnection): void {
    const sockets = this.#bySession.get(video.sessionId);
    sockets?.delete(video);
    if (sockets?.size === 0) this.#bySession.delete(video.sessionId);
  }
}
