export { sessionTypeOf } from './effective-configuration.js';
export { hasEnded } from './lifecycle/session-state.js';
export { skillIdsOf } from './effective-configuration.js';
export type { ConfigurationChanges, Detach, LiveSession, SessionAttachment, SessionEnding } from './live-session.js';
export type { LatencySummary } from './metrics/latency-histogram.js';
export {
  NO_SELF_CONNECTIONS,
  type ProviderFigures,
  type SessionMetrics,
  type SessionMetricsSnapshot,
} from './metrics/session-metrics.js';
export type { SessionFailure, SessionRecord, SessionTransition } from './session-record.js';
export { pictureAdviceOf, targetFpsOf, targetP95Of } from './frame-targets.js';
export { SESSION_STORE, type SessionFilter, type SessionPosition, type SessionStore } from './session.store.js';
export { SessionsModule } from './sessions.module.js';
export { SessionsService, type SessionPage } from './sessions.service.js';
export type { SourceControl, SourceDrivenState, SourceFailure, SourceStarter } from './sources/source-starter.port.js';
export { isIngested } from './sources/first-step.js';
export { SourceStarters } from './sources/source-starters.js';
export { SESSION_MIGRATIONS } from './storage/session.migrations.js';
export { NO_VOICE, type VoiceFiguresSnapshot } from './metrics/voice-figures.js';
