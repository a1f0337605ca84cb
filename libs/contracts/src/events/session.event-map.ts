import type { Credit, QualityReason } from '../flow.js';
import type { SessionState } from '../session.js';

/** Which of the changeable settings a client replaced. */
export const CHANGEABLE_SETTINGS = ['skills', 'model_provider', 'voice_chat_config'] as const;
export type ChangeableSetting = (typeof CHANGEABLE_SETTINGS)[number];

interface SocketFact {
  readonly sessionId: string;
  readonly at: number;
  /** The last part of its path, such as `streamDirectVideo`. */
  readonly socket: string;
  readonly connectionId: string;
}

/** Facts about a session's life. `at` is Unix seconds. */
export interface SessionEvents {
  'session.state_changed': {
    readonly sessionId: string;
    readonly at: number;
    readonly from: SessionState | null;
    readonly to: SessionState;
    /** Stable snake_case cause, such as `created`, `closed_by_client`, `server_restarted`. */
    readonly reason: string;
    /** For `to: error`: what went wrong, for the client's reader, and after how many attempts. */
    readonly failure?: { readonly message: string; readonly attempts: number };
  };
  /** A socket that carries media was attached to the session. */
  'session.socket_opened': SocketFact;
  /** It has ended, by whichever side. */
  'session.socket_closed': SocketFact;
  /** So that answers keep their target, less is done for each frame from now on; or there is room for more again. */
  'session.quality_changed': {
    readonly sessionId: string;
    readonly at: number;
    /** Levels: 0 = everything. */
    readonly from: number;
    readonly to: number;
    readonly reason: QualityReason;
    /** What it was decided on. */
    readonly p95Ms: number;
    readonly targetP95Ms: number;
    /** What may be sent from now on. */
    readonly credit: Credit;
  };
  /** A setting that may change has changed and is in effect. Values are as the public API writes them. */
  'session.configuration_changed': {
    readonly sessionId: string;
    readonly at: number;
    readonly setting: ChangeableSetting;
    readonly from: unknown;
    readonly to: unknown;
  };
}
