import { formatMs, percentile } from '../../../apps/cli/src/percentiles.js';
import type { ClipScore } from './score-clip.js';
import { f1, precision, recall, type EventScore } from './score-events.js';
import { addScores, exactRate, withinAgeRate, type FieldScore } from './score-fields.js';

const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);
const fraction = (share: number | null): string => (share === null ? '–' : share.toFixed(3));
const seconds = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)} s`);

/** Columns as wide as their widest cell; the first left-aligned, the others right-aligned. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function fieldRows(fields: readonly FieldScore[]): string[] {
  const header = ['field', 'frames', 'exact', 'within age', 'wrong', 'unreadable', 'missing', 'phantom'];
  const rows = fields.map((field) => [
    field.name,
    String(field.frames),
    percent(exactRate(field)),
    percent(withinAgeRate(field)),
    ...[field.wrong, field.unreadable, field.missing, field.phantom].map(String),
  ]);
  return table([header, ...rows]);
}

function eventRows(events: readonly EventScore[]): string[] {
  const header = ['event', 'true', 'found', 'missed', 'invented', 'precision', 'recall', 'F1', 'weapon', 'lag p50'];
  const rows = events.map((event) => [
    event.type,
    ...[event.expected, event.found, event.missed, event.invented].map(String),
    ...[precision(event), recall(event), f1(event)].map(fraction),
    event.weapons.known === 0 ? '–' : `${event.weapons.right}/${event.weapons.known}`,
    seconds(percentile(event.lagSeconds, 0.5)),
  ]);
  return table([header, ...rows]);
}

/** The report of one clip, or of several of one game added up. */
export function reportClip(score: ClipScore): string {
  const { frames, latenciesMs, callouts } = score;
  const drops = Object.entries(frames.dropped).map(([reason, count]) => `${count} ${reason}`);
  const p = (share: number): string => formatMs(percentile(latenciesMs, share));
  const invented = score.events.types.reduce((total, { invented }) => total + invented, 0);
  const unjudged = Object.entries(score.events.unjudged).map(([type, count]) => `${count} ${type}`);
  const notes = [...score.fields, ...score.events.types].flatMap(({ examples }) => examples);
  return [
    `── ${score.clip} (${score.gameId}, ${score.durationSeconds.toFixed(1)} s)`,
    `frames: ${frames.sent} sent, ${frames.answered} answered${drops.length > 0 ? `, dropped: ${drops.join(', ')}` : ''}; ` +
      `latency p50 ${p(0.5)} ms, p95 ${p(0.95)} ms`,
    ...score.identity.map(
      ({ name, expected, right, wrong, frames: all, knownAfterSeconds }) =>
        `${name} = ${expected}: right in ${right}/${all}, wrong in ${wrong}, known after ${seconds(knownAfterSeconds)}`,
    ),
    ...(score.fields.length > 0 ? ['', ...fieldRows(score.fields)] : []),
    ...(score.events.types.length > 0 ? ['', ...eventRows(score.events.types)] : []),
    '',
    `false events: ${invented} = ${(invented / (score.durationSeconds / 60)).toFixed(2)} a minute` +
      (unjudged.length > 0 ? `; on which the truth says nothing: ${unjudged.join(', ')}` : ''),
    `callouts: ${callouts.received}, delay after the event p50 ${formatMs(percentile(callouts.delaysMs, 0.5))} ms, ` +
      `max ${formatMs(percentile(callouts.delaysMs, 1))} ms; ${callouts.unrelated.length} not tied to an event`,
    ...(score.unjudgedFields.length > 0 ? [`stated fields without truth: ${score.unjudgedFields.join(', ')}`] : []),
    ...(notes.length > 0 ? ['what went wrong (some):', ...notes.map((note) => `  ${note}`)] : []),
    '',
  ].join('\n');
}

/** The figures that the project is held to, over all clips of a game. */
export function headline(score: ClipScore): string {
  const numbers = score.fields.filter(({ kind, frames }) => kind === 'number' && frames > 0);
  const all = numbers.length > 0 ? addScores(numbers) : undefined;
  const kills = score.events.types.find(({ type }) => type === 'kill');
  const invented = score.events.types.reduce((total, { invented }) => total + invented, 0);
  return [
    `${score.gameId}:`,
    `numeric fields exact ${percent(all ? exactRate(all) : null)}, within age ${percent(all ? withinAgeRate(all) : null)};`,
    `kill F1 ${fraction(kills ? f1(kills) : null)};`,
    `false events ${(invented / (score.durationSeconds / 60)).toFixed(2)} a minute;`,
    `latency p50 ${formatMs(percentile(score.latenciesMs, 0.5))} ms, p95 ${formatMs(percentile(score.latenciesMs, 0.95))} ms`,
  ].join(' ');
}
