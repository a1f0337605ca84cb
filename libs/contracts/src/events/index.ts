import type { SessionEvents } from './session.event-map.js';
import type { VisionEvents } from './vision.event-map.js';

/** Every fact that travels on the event bus: name → payload. One map file a domain, intersected here. */
export type DomainEvents = SessionEvents & VisionEvents;
export type DomainEventName = keyof DomainEvents;
