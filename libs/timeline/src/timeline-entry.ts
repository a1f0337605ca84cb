import type { PublicEvent } from '@jiga/contracts';

/** A public event of a session: what the timeline is made of. */
export interface SessionEvent extends PublicEvent {
  readonly session_id: string;
}

/** An event at its place in its session's timeline. */
export interface TimelineEntry {
  /** Counts the events of the session from 1, without a hole as long as nothing is lost or past its time. */
  readonly sequence: number;
  readonly event: SessionEvent;
}

/** Which events a reader wants: types and families such as `game.*`; null = all. */
export type EventTypes = readonly string[] | null;

/** Types that come often and are soon out of date: the first to go when somebody cannot keep up. */
const FLEETING = /^(analysis|callout|game\..+)$/;

/** Whether an event must not be dropped while anything else can be. */
export const isCritical = (event: Pick<PublicEvent, 'type'>): boolean => !FLEETING.test(event.type);
