export type { WriterStats } from './batch-writer.js';
export { EventSubscription, type EventSink, type ResumeGap } from './event-subscription.js';
export type { EventQuery } from './event.store.js';
export { KeepingService } from './keeping.service.js';
export type { SessionJournal } from './session-journal.js';
export { TIMELINE_MIGRATIONS } from './storage/event.migrations.js';
export { isCritical, type EventTypes, type SessionEvent, type TimelineEntry } from './timeline-entry.js';
export { TimelineModule } from './timeline.module.js';
export { TimelineService, type FollowOptions, type ResumePoint } from './timeline.service.js';
