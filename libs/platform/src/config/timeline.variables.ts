import { integer, oneOf } from './parsers.js';
import { optional, required } from './variable.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const YEARS_10_H = 87_600;

/** Settings of the timeline, of those who follow it, and of how long things are kept. */
export const TIMELINE_VARIABLES = {
  JIGA_TIMELINE_ANALYSES: required(
    'heavy',
    oneOf(['none', 'heavy', 'all']),
    'Which analyses become events: none, those whose heavy stage ran, or all.',
  ),
  JIGA_TIMELINE_ANALYSIS_INTERVAL_MS: required(
    '1000',
    integer(0, 3_600_000),
    'Least time between two analyses of a session that become events, in milliseconds.',
  ),
  JIGA_TIMELINE_REPLAY_EVENTS: required(
    '1000',
    integer(1, 100_000),
    'Newest events of a live session kept in memory for those who come back.',
  ),
  JIGA_TIMELINE_REPLAY_BYTES: required(
    '524288',
    integer(16 * KIB, 256 * MIB),
    'Most bytes of JSON that those events may take, for each live session.',
  ),
  JIGA_TIMELINE_QUEUE_MAX: required(
    '20000',
    integer(100, 1_000_000),
    'Events that may wait to be written; past it the oldest analyses, callouts and game events go unwritten.',
  ),
  JIGA_TIMELINE_FLUSH_MS: required(
    '50',
    integer(1, 60_000),
    'Longest time that an event waits to be written, in milliseconds; a crash may lose the events of this time.',
  ),
  JIGA_TIMELINE_BATCH_MAX: required('256', integer(1, 4096), 'Events written at once.'),
  JIGA_EVENTS_QUEUE_MAX: required(
    '500',
    integer(10, 100_000),
    'Events that may wait for one subscriber that reads slowly; past it its oldest non-critical ones are dropped.',
  ),
  JIGA_EVENTS_RESUME_MAX: required(
    '10000',
    integer(100, 1_000_000),
    'Most missed events that a subscriber is sent when it resumes; older ones are a gap.',
  ),
  JIGA_RETENTION_EVENTS_HOURS: optional(
    integer(1, YEARS_10_H),
    'How long events are kept, in hours; without it, as long as their session.',
  ),
  JIGA_RETENTION_ANALYSES_HOURS: required(
    '24',
    integer(1, YEARS_10_H),
    'How long analyses on the timeline are kept, in hours.',
  ),
  JIGA_RETENTION_SESSIONS_HOURS: required(
    '720',
    integer(1, YEARS_10_H),
    'How long an ended session is kept with its timeline, in hours.',
  ),
  JIGA_RETENTION_AUDIT_HOURS: required(
    '8760',
    integer(1, YEARS_10_H),
    'How long entries of the audit trail are kept, in hours.',
  ),
  JIGA_RETENTION_TEAM_MESSAGES_HOURS: required(
    '720',
    integer(1, YEARS_10_H),
    'How long messages within teams are kept, in hours.',
  ),
  JIGA_RETENTION_USAGE_HOURS: required(
    '9600',
    integer(24, YEARS_10_H),
    'How long the daily sums of usage and cost are kept, in hours.',
  ),
  JIGA_RETENTION_SWEEP_INTERVAL_S: required(
    '60',
    integer(1, 86_400),
    'How often what is past its time is looked for, in seconds.',
  ),
} as const;
