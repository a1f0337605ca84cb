import { Inject, Injectable } from '@nestjs/common';

import { CLOCK } from '@jiga/contracts';
import type { Clock, DomainEvents, Frame } from '@jiga/contracts';
import { OnDomainEvent } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';
import type { LiveSession } from '@jiga/sessions';
import { LastFrame, type KeptFrame } from '@jiga/video';

/**
 * The newest frame of each session that lets it go along with questions (`enable_frame_context`). Of others nothing is
 * kept, and nothing outlives the setting or the session.
 */
@Injectable()
export class LastFrames {
  readonly #kept = new WeakMap<LiveSession, LastFrame>();

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SessionsService) private readonly sessions: SessionsService,
  ) {}

  note(session: LiveSession, frame: Frame): void {
    if (!isOn(session) || session.signal.aborted) return;
    const known = this.#kept.get(session) ?? this.#open(session);
    known.keep(frame);
  }

  /** null = the session does not let it go along, or none has come for long. */
  of(session: LiveSession): KeptFrame | null {
    return isOn(session) ? (this.#kept.get(session)?.read() ?? null) : null;
  }

  @OnDomainEvent('session.configuration_changed')
  onConfigurationChanged({ sessionId }: DomainEvents['session.configuration_changed']): void {
    const session = this.sessions.peek(sessionId);
    if (session && !isOn(session)) this.#kept.get(session)?.forget();
  }

  #open(session: LiveSession): LastFrame {
    const last = new LastFrame(this.clock);
    this.#kept.set(session, last);
    session.attach({ end: () => last.forget() });
    return last;
  }
}

const isOn = ({ configuration }: LiveSession): boolean => configuration.voice_chat_config.enable_frame_context;
