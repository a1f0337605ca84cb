import type { SessionState } from '../session.js';

/** Facts about a session's life. `at` is Unix seconds. */
export interface SessionEvents {
  'session.state_changed': {
    readonly sessionId: string;
    readonly at: number;
    readonly from: SessionState | null;
    readonly to: SessionState;
    /** Stable snake_case cause, such as `created`, `closed_by_client`, `server_restarted`. */
    readonly reason: string;
  };
}
