import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, unixSeconds } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { CONFIG, EventBus, OnDomainEvent } from '@jiga/platform';
import type { Connection, JigaConfig } from '@jiga/platform';
import type { DomainEvents } from '@jiga/contracts';
import type { LiveSession } from '@jiga/sessions';
import { FrameIntake } from '@jiga/video';

import { VideoConnection } from './video.connection.js';

/** An analysis that takes longer than this is lost: the heaviest stage is far below a second. */
const ANALYSIS_TIMEOUT_MS = 15_000;

/** The video sockets of every live session, and the one intake that those of a session share. */
@Injectable()
export class VideoSockets {
  readonly #intakes = new WeakMap<LiveSession, FrameIntake>();
  readonly #bySession = new Map<string, Set<VideoConnection>>();

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: JigaConfig,
    @Inject(EventBus) private readonly bus: EventBus,
  ) {}

  /** Puts a connection on a session and greets it. Throws AppError `session_closed`, `socket_limit`. */
  attach(connection: Connection, session: LiveSession, isOwn = false): VideoConnection {
    const video = new VideoConnection({
      connection,
      session,
      intake: this.intakeOf(session),
      frames: this.config.frames,
      clock: this.clock,
      onClosed: (closed) => {
        detach();
        this.#remove(closed);
        if (!isOwn) this.#tell('session.socket_closed', session, connection);
      },
    });
    const detach = session.attachSocket(video, isOwn);
    this.#add(video);
    video.welcome();
    if (!isOwn) this.#tell('session.socket_opened', session, connection);
    connection.start(video);
    return video;
  }

  /** The way into a session's analysis for all that sends it frames. Throws AppError `session_closed`. */
  intakeOf(session: LiveSession): FrameIntake {
    const known = this.#intakes.get(session);
    if (known) return known;
    const intake = new FrameIntake({
      analysis: session.analysis,
      concurrency: session.maxConcurrentAnalyses,
      timeoutMs: ANALYSIS_TIMEOUT_MS,
      clock: this.clock,
      recorder: session.metrics,
    });
    session.attach({ end: () => intake.close() });
    this.#intakes.set(session, intake);
    return intake;
  }

  @OnDomainEvent('vision.callout')
  onCallout({ sessionId, callout }: DomainEvents['vision.callout']): void {
    for (const video of this.#bySession.get(sessionId) ?? []) video.pushCallout(callout);
  }

  #tell(fact: 'session.socket_opened' | 'session.socket_closed', { id: sessionId }: LiveSession, { id }: Connection) {
    this.bus.publish(fact, { sessionId, at: unixSeconds(this.clock), socket: 'streamDirectVideo', connectionId: id });
  }

  #add(video: VideoConnection): void {
    const sockets = this.#bySession.get(video.sessionId) ?? new Set();
    sockets.add(video);
    this.#bySession.set(video.sessionId, sockets);
  }

  #remove(video: VideoConnection): void {
    const sockets = this.#bySession.get(video.sessionId);
    sockets?.delete(video);
    if (sockets?.size === 0) this.#bySession.delete(video.sessionId);
  }
}
