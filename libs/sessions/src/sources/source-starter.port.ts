import type { SessionConfiguration, SessionState, SourceEventType, VideoInputSource } from '@jiga/contracts';

import type { LiveSession } from '../live-session.js';

/** States that a source brings its session into. */
export type SourceDrivenState =
  typeof SessionState.CONNECTING | typeof SessionState.ACTIVE | typeof SessionState.RECONNECTING;

/** Why the source of a session could not be had, in the end. */
export interface SourceFailure {
  /** Stable snake_case. */
  readonly cause: string;
  /** For the client's reader; no secrets, no addresses. */
  readonly message: string;
  readonly attempts: number;
}

/** What a source may do to the session that it feeds. Once the session ends, none of this has an effect. */
export interface SourceControl {
  readonly session: LiveSession;
  /** Moves the session on; kept and published. One that is in this state already stays as it is. */
  moveTo(state: SourceDrivenState, reason: string): void;
  /** Publishes `source.<type>`. */
  tell(type: SourceEventType, data: object): void;
  /** Gives up: the session goes to `error` with the whole path of a failure. */
  fail(failure: SourceFailure): void;
  /** The source has come to its end in good order, and the session with it. */
  finish(reason: string): void;
}

/** One kind of source: brings a session that was just made from its creation to its first picture. */
export interface SourceStarter {
  readonly source: VideoInputSource;
  /**
   * What the operator has to do before sessions like this can be had; null = nothing. Asked before a session is made.
   * Throws AppError `validation_failed` for settings that this source refuses.
   */
  obstacle(configuration: SessionConfiguration): string | null;
  /**
   * Takes the next step for a session that has been made and published. Returns at once; what it starts it attaches to
   * the session, and tells how it goes through the control.
   */
  start(control: SourceControl): void;
}
