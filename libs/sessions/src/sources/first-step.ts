import { INGESTED_SOURCES, SessionState } from '@jiga/contracts';
import type { SessionConfiguration } from '@jiga/contracts';

type Source = Pick<SessionConfiguration, 'video_input_source'>;

/** Whether the server itself fetches the stream of such a session. */
export const isIngested = ({ video_input_source }: Source): boolean =>
  INGESTED_SOURCES.some((source) => source === video_input_source);

/** The state in which a session is made, and why: one whose frames the client sends needs nothing but its endpoints. */
export const firstStep = (configuration: Source) =>
  isIngested(configuration)
    ? ({ state: SessionState.CONNECTING, reason: 'source_connecting' } as const)
    : ({ state: SessionState.ACTIVE, reason: 'endpoints_ready' } as const);
