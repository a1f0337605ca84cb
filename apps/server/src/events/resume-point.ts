import type { ResumePoint, TimelineService } from '@jiga/timeline';

/** Longer than any event id; what is longer is none of ours and is not looked for. */
const ID_LENGTH_MAX = 64;

/** Where the event that a client names last stands; null when the client names none. */
export async function resumePoint(
  timeline: TimelineService,
  sessionId: string,
  eventId: string | null,
): Promise<ResumePoint | null> {
  if (eventId === null || eventId === '') return null;
  const from = eventId.slice(0, ID_LENGTH_MAX);
  return { from, sequence: await timeline.sequenceOf(sessionId, from) };
}
