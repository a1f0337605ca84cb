import type { AuthEvents } from './auth.event-map.js';
import type { BudgetEvents } from './budget.event-map.js';
import type { SessionEvents } from './session.event-map.js';
import type { SourceEvents } from './source.event-map.js';
import type { TeamEvents } from './team.event-map.js';
import type { VisionEvents } from './vision.event-map.js';
import type { VoiceEvents } from './voice.event-map.js';

export * from './budget.event-map.js';
export * from './public-event.js';
export { CHANGEABLE_SETTINGS, type ChangeableSetting } from './session.event-map.js';
export { SOURCE_EVENTS, type SourceEventType } from './source.event-map.js';
export { TEAM_MESSAGE_PRIORITIES, type TeamMessage, type TeamMessagePriority } from './team.event-map.js';
export { VOICE_REPLY_KINDS, type VoiceReplyKind } from './voice.event-map.js';

/** Every fact that travels on the event bus: name → payload. One map file a domain, intersected here. */
export type DomainEvents = AuthEvents &
  SessionEvents &
  SourceEvents &
  VisionEvents &
  TeamEvents &
  BudgetEvents &
  VoiceEvents;
export type DomainEventName = keyof DomainEvents;
