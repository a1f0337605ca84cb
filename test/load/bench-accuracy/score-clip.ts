import type { VisionResult } from '@jiga/contracts';
import { latencies, type FrameRecord } from '../../../apps/cli/src/replay.js';
import type { Expectations } from './expectation.types.js';
import { scoreCallouts, type CalloutScore, type ReceivedCallout } from './score-callouts.js';
import { scoreEvents, type ClaimedEvent, type EventScores } from './score-events.js';
import { scoreField, type FieldScore } from './score-fields.js';
import { scoreIdentity, type IdentityScore } from './score-identity.js';

/** All that a client saw of one clip. */
export interface ClipRun {
  readonly clip: string;
  readonly fps: number;
  readonly durationSeconds: number;
  readonly startUnixSeconds: number;
  readonly records: readonly FrameRecord[];
  readonly callouts: readonly ReceivedCallout[];
}

export interface ClipScore {
  readonly clip: string;
  readonly gameId: string;
  readonly durationSeconds: number;
  readonly frames: {
    readonly sent: number;
    readonly answered: number;
    readonly dropped: Readonly<Record<string, number>>;
  };
  readonly latenciesMs: readonly number[];
  readonly fields: readonly FieldScore[];
  readonly events: EventScores;
  readonly identity: readonly IdentityScore[];
  readonly callouts: CalloutScore;
  /** Names of HUD fields that were stated at least once although the truth has no such field. */
  readonly unjudgedFields: readonly string[];
}

export function scoreClip(run: ClipRun, expectations: Expectations): ClipScore {
  const answered = run.records.flatMap(({ sourceFrame, timeSeconds, outcome }) =>
    outcome.status === 'result' ? [{ sourceFrame, timeSeconds, result: outcome.result }] : [],
  );
  const results = answered.map(({ result }) => result);
  const { fields, events, judged, identity } = expectations;
  return {
    clip: run.clip,
    gameId: expectations.gameId,
    durationSeconds: run.durationSeconds,
    frames: { sent: run.records.length, answered: answered.length, dropped: dropsOf(run.records) },
    latenciesMs: latencies(run.records),
    fields: fields.map((field) => scoreField(field, answered, run.fps)),
    events: scoreEvents(events, claimsOf(results, run.startUnixSeconds), judged),
    identity: scoreIdentity(identity, answered),
    callouts: scoreCallouts(run.callouts, events, run.startUnixSeconds),
    unjudgedFields: unjudgedFields(results, new Set(fields.map(({ name }) => name))),
  };
}

/** Every event once, in clip time. */
function claimsOf(results: readonly VisionResult[], startUnixSeconds: number): ClaimedEvent[] {
  const events = new Map(results.flatMap((result) => result.events).map((event) => [event.event_id, event]));
  return [...events.values()].map(({ type, timestamp, detail }) => ({ type, t: timestamp - startUnixSeconds, detail }));
}

function dropsOf(records: readonly FrameRecord[]): Record<string, number> {
  const drops: Record<string, number> = {};
  for (const { outcome } of records) {
    if (outcome.status === 'result') continue;
    const reason = outcome.status === 'dropped' ? outcome.reason : `error ${outcome.code}`;
    drops[reason] = (drops[reason] ?? 0) + 1;
  }
  return drops;
}

function unjudgedFields(results: readonly VisionResult[], known: ReadonlySet<string>): string[] {
  const stated = results.flatMap((result) =>
    Object.entries(result.hud).flatMap(([name, field]) => (field?.value === null || !field ? [] : [name])),
  );
  return [...new Set(stated)].filter((name) => !known.has(name)).sort();
}
