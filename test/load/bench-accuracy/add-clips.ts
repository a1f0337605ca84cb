import type { ClipScore } from './score-clip.js';
import { addEventScores } from './score-events.js';
import { addScores } from './score-fields.js';

/** All clips of one game as if they were one. */
export function addClips(scores: readonly ClipScore[]): ClipScore {
  const [first] = scores;
  if (!first) throw new RangeError('No clips to add');
  return {
    clip: `all ${scores.length} clips`,
    gameId: first.gameId,
    durationSeconds: scores.reduce((total, { durationSeconds }) => total + durationSeconds, 0),
    frames: {
      sent: scores.reduce((total, { frames }) => total + frames.sent, 0),
      answered: scores.reduce((total, { frames }) => total + frames.answered, 0),
      dropped: addCounts(scores.map(({ frames }) => frames.dropped)),
    },
    latenciesMs: scores.flatMap(({ latenciesMs }) => latenciesMs),
    fields: groupBy(
      scores.flatMap(({ fields }) => fields),
      ({ name }) => name,
    ).map(addScores),
    events: {
      types: groupBy(
        scores.flatMap(({ events }) => events.types),
        ({ type }) => type,
      ).map(addEventScores),
      unjudged: addCounts(scores.map(({ events }) => events.unjudged)),
    },
    identity: [],
    callouts: {
      received: scores.reduce((total, { callouts }) => total + callouts.received, 0),
      delaysMs: scores.flatMap(({ callouts }) => callouts.delaysMs),
      unrelated: scores.flatMap(({ callouts }) => callouts.unrelated),
    },
    unjudgedFields: [...new Set(scores.flatMap(({ unjudgedFields }) => unjudgedFields))].sort(),
  };
}

function addCounts(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const counts of all) for (const [key, count] of Object.entries(counts)) total[key] = (total[key] ?? 0) + count;
  return total;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}
