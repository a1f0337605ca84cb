import type { SessionConfiguration, SessionState } from '@jiga/contracts';

import type { SessionMetricsSnapshot } from './metrics/session-metrics.js';

/** A change of state, with its cause. `at` is Unix seconds. */
export interface SessionTransition {
  readonly at: number;
  readonly from: SessionState | null;
  readonly to: SessionState;
  /** Stable snake_case, such as `created`, `closed_by_client`, `server_restarted`. */
  readonly reason: string;
}

/** Why a session is in state `error`. */
export interface SessionFailure {
  readonly reason: string;
  /** For the client's reader; no secrets, no stack. */
  readonly message: string;
  readonly attempts: number;
  readonly failedAt: number;
}

/** All that is kept of a session. Times are Unix seconds. */
export interface SessionRecord {
  readonly id: string;
  /** Whose it is; other owners' credentials do not see it. */
  readonly owner: string;
  /** Id of the credential that made it. */
  readonly credentialId: string;
  readonly configuration: SessionConfiguration;
  readonly state: SessionState;
  /** Cause of the last transition. */
  readonly reason: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly endedAt: number | null;
  readonly failure: SessionFailure | null;
  /**
   * The last figures of a session that has ended. Of one that lives, those that were kept last, if any: what is left of
   * them when the server dies.
   */
  readonly metrics: SessionMetricsSnapshot | null;
  /** The session whose configuration this one took over. */
  readonly recreatedFrom: string | null;
}
