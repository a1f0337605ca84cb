import { Logger } from '@nestjs/common';

import { SessionState, unixSeconds } from '@jiga/contracts';
import type { Clock, SourceEventType } from '@jiga/contracts';
import type { EventBus } from '@jiga/platform';

import type { LiveSessions } from '../lifecycle/live-sessions.js';
import type { LiveSession } from '../live-session.js';
import type { SourceControl, SourceDrivenState, SourceFailure } from './source-starter.port.js';

export interface SourceControlDeps {
  readonly sessions: Pick<LiveSessions, 'advance' | 'end' | 'fail'>;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly clock: Clock;
}

/** Carries out what a source says about its session. What is said is in effect at once; what cannot be kept is logged. */
export class LiveSourceControl implements SourceControl {
  readonly #log = new Logger(LiveSourceControl.name);

  constructor(
    readonly session: LiveSession,
    private readonly deps: SourceControlDeps,
  ) {}

  moveTo(state: SourceDrivenState, reason: string): void {
    this.#keep(this.deps.sessions.advance(this.session.id, state, reason));
  }

  tell(type: SourceEventType, data: object): void {
    if (this.session.signal.aborted) return;
    this.deps.bus.publish('source.event', { sessionId: this.session.id, at: unixSeconds(this.deps.clock), type, data });
  }

  fail({ cause, message, attempts }: SourceFailure): void {
    if (this.session.signal.aborted) return;
    const { id: sessionId, configuration } = this.session;
    const source = configuration.video_input_source;
    // Not an error of the server: the cause is the stream's or the network's.
    this.#log.warn('Session failed: its source cannot be had', { sessionId, source, cause, attempts });
    this.#keep(this.deps.sessions.fail(sessionId, `source_${cause}`, message, attempts));
  }

  finish(reason: string): void {
    this.#keep(this.deps.sessions.end(this.session.id, { state: SessionState.CLOSED, reason }));
  }

  #keep(done: Promise<unknown>): void {
    done.catch((error: unknown) => {
      this.#log.error('What a source did could not be kept', { sessionId: this.session.id, err: error });
    });
  }
}
