import type { AuthEvents } from './auth.event-map.js';
import type { BudgetEvents } from './budget.event-map.js';
import type { SessionEvents } from './session.event-map.js';
import type { SourceEvents } from './source.event-map.js';
import type { TeamEvents } from './team.event-map.js';
import type { VisionEvents } from './vision.event-map.js';

export * from './budget.event-map.js';
export * from './public-event.js';
export { CHANGEABLE_SETTINGS, type ChangeableSetting } from './session.event-map.js';
export { SOURCE_EVENTS, type SourceEventType } from './source.event-map.js';
export { TEAM_MESSAGE_PRIORITIES, type TeamMessage, type TeamMessagePriority } from './team.event-map.js';

/** Every fact that travels on the event bus: name → payload. One map file a domain, intersected here. */
export type DomainEvents = AuthEvents & SessionEvents & SourceEvents & VisionEvents & TeamEvents & BudgetEvents;
export type DomainEventName = keyof DomainEvents;
