import type { SessionConfiguration, SessionState } from '@jiga/contracts';
import type { SessionRecord } from '@jiga/sessions';
import type { SessionEvent, SessionJournal } from '@jiga/timeline';

/** How things stand, for a client that cannot be told all that led there. */
export interface StateSnapshot {
  readonly session_id: string;
  readonly state: SessionState;
  readonly reason: string;
  readonly created_at: number;
  readonly ended_at: number | null;
  readonly configuration: SessionConfiguration;
  /** The newest event that is in memory, to resume from; null when none is. */
  readonly last_event_id: string | null;
  /** The newest event in memory of each type. */
  readonly latest: readonly SessionEvent[];
}

export const stateSnapshot = (record: SessionRecord, journal: SessionJournal): StateSnapshot => ({
  session_id: record.id,
  state: record.state,
  reason: record.reason,
  created_at: record.createdAt,
  ended_at: record.endedAt,
  configuration: record.configuration,
  last_event_id: journal.lastEventId,
  latest: journal.latest,
});
