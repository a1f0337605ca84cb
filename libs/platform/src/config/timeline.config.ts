import type { VariableName, VariableValues } from './variables.js';

export interface TimelineSettings {
  readonly analyses: VariableValues['JIGA_TIMELINE_ANALYSES'];
  readonly analysisIntervalMs: number;
  readonly replayEvents: number;
  readonly replayBytes: number;
  readonly queueMax: number;
  readonly flushMs: number;
  readonly batchMax: number;
  readonly subscriberQueueMax: number;
  readonly resumeMax: number;
}

/** How long things are kept; null = as long as what they belong to. */
export interface RetentionSettings {
  readonly eventsMs: number | null;
  readonly analysesMs: number;
  readonly sessionsMs: number;
  readonly auditMs: number;
  readonly teamMessagesMs: number;
  readonly usageMs: number;
  readonly sweepIntervalMs: number;
}

export interface TimelineConfig {
  readonly timeline: TimelineSettings;
  readonly retention: RetentionSettings;
}

const HOUR_MS = 3_600_000;

export function timelineConfig(read: <K extends VariableName>(name: K) => VariableValues[K]): TimelineConfig {
  const eventsHours = read('JIGA_RETENTION_EVENTS_HOURS');
  return {
    timeline: {
      analyses: read('JIGA_TIMELINE_ANALYSES'),
      analysisIntervalMs: read('JIGA_TIMELINE_ANALYSIS_INTERVAL_MS'),
      replayEvents: read('JIGA_TIMELINE_REPLAY_EVENTS'),
      replayBytes: read('JIGA_TIMELINE_REPLAY_BYTES'),
      queueMax: read('JIGA_TIMELINE_QUEUE_MAX'),
      flushMs: read('JIGA_TIMELINE_FLUSH_MS'),
      batchMax: read('JIGA_TIMELINE_BATCH_MAX'),
      subscriberQueueMax: read('JIGA_EVENTS_QUEUE_MAX'),
      resumeMax: read('JIGA_EVENTS_RESUME_MAX'),
    },
    retention: {
      eventsMs: eventsHours === null ? null : eventsHours * HOUR_MS,
      analysesMs: read('JIGA_RETENTION_ANALYSES_HOURS') * HOUR_MS,
      sessionsMs: read('JIGA_RETENTION_SESSIONS_HOURS') * HOUR_MS,
      auditMs: read('JIGA_RETENTION_AUDIT_HOURS') * HOUR_MS,
      teamMessagesMs: read('JIGA_RETENTION_TEAM_MESSAGES_HOURS') * HOUR_MS,
      usageMs: read('JIGA_RETENTION_USAGE_HOURS') * HOUR_MS,
      sweepIntervalMs: read('JIGA_RETENTION_SWEEP_INTERVAL_S') * 1000,
    },
  };
}
