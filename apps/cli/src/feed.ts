import type { Callout, GameEvent, VisionResult } from '@jiga/contracts';
import { styleText } from 'node:util';
import type { LoopDelay, ServerLoopDelay } from './loop-delay.js';
import { formatMs, percentile } from './percentiles.js';
import { latencies, type FrameRecord } from './replay.js';

type Style = Parameters<typeof styleText>[0];
/** Colours a text; gives it back as it is where there are no colours. */
export type Paint = (style: Style, text: string) => string;
export const colours: Paint = (style, text) => styleText(style, text, { validateStream: false });
export const noColours: Paint = (_style, text) => text;

const HIDDEN_DETAIL = new Set(['by_player', 'of_player']);
const PRIORITY_STYLE: Readonly<Record<Callout['priority'], Style>> = {
  urgent: ['bold', 'red'],
  important: ['bold', 'yellow'],
  info: ['bold', 'cyan'],
};

/** Seconds from the clip's start as `00:07.4`. */
export function clipTime(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10));
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${pad(Math.floor(tenths / 600))}:${pad(Math.floor((tenths % 600) / 10))}.${tenths % 10}`;
}

/** One line on the state of the game. Nothing that was not read is shown, and what could not be read is a `?`. */
export function stateLine(result: VisionResult, seconds: number, latencyMs: number, paint: Paint): string {
  const { game, game_mode, teams, hud } = result;
  const values = Object.entries(hud).flatMap(([name, field]) => {
    if (field === null || (field.value === null && field.unreadable !== true)) return [];
    return [`${paint('dim', name)} ${field.value === null ? '?' : (field.text ?? String(field.value))}`];
  });
  const scores = Object.entries(teams?.scores ?? {}).filter(([, score]) => score !== null);
  const parts = [
    game
      ? paint('bold', game_mode ? `${game.name}, ${game_mode.name}` : game.name)
      : paint('dim', 'game not known yet'),
    ...(game && game.phase !== 'playing' ? [game.phase] : []),
    ...values,
    ...(scores.length > 0 ? [scores.map(([team, score]) => `${team} ${score}`).join(' : ')] : []),
  ];
  return `${paint('dim', clipTime(seconds))}  ${parts.join('  ')}  ${paint('dim', `${formatMs(latencyMs)} ms`)}`;
}

export function eventLine(event: GameEvent, seconds: number, paint: Paint): string {
  return `${paint('dim', clipTime(seconds))}    ${paint('green', '●')} ${describe(event)}`;
}

function describe({ type, detail }: GameEvent): string {
  if (type === 'kill') {
    const weapon = detail['weapon'] ? ` (${String(detail['weapon'])})` : '';
    return `kill  ${killerOf(detail)} → ${String(detail['victim'] ?? 'someone')}${weapon}`;
  }
  const words = Object.entries(detail).filter(([key, value]) => value !== null && !HIDDEN_DETAIL.has(key));
  return [type.replaceAll('_', ' '), ...words.map(([key, value]) => `${key} ${String(value)}`)].join('  ');
}

/** Nobody's kill says what killed instead (a fall, lava); where neither is known the killer was just not read. */
function killerOf({ killer, weapon, by_player }: GameEvent['detail']): string {
  if (killer !== null && killer !== undefined) return String(killer);
  if (by_player === true) return 'the player';
  return weapon ? 'the world' : 'someone';
}

export function calloutLine(callout: Callout, seconds: number, paint: Paint): string {
  return `${paint('dim', clipTime(seconds))}    ${paint(PRIORITY_STYLE[callout.priority], `▶ ${callout.text}`)}`;
}

export interface Summary {
  readonly frames: number;
  readonly answered: number;
  readonly notAnswered: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>>;
  readonly callouts: number;
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null };
  readonly loopDelay: ServerLoopDelay;
}

export function summarise(records: readonly FrameRecord[], callouts: number, loopDelay: ServerLoopDelay): Summary {
  const events: Record<string, number> = {};
  const notAnswered: Record<string, number> = {};
  for (const { outcome } of records) {
    if (outcome.status === 'result')
      for (const { type } of outcome.result.events) events[type] = (events[type] ?? 0) + 1;
    else {
      const reason = outcome.status === 'dropped' ? `dropped: ${outcome.reason}` : `error: ${outcome.code}`;
      notAnswered[reason] = (notAnswered[reason] ?? 0) + 1;
    }
  }
  const all = latencies(records);
  const latencyMs = { p50: percentile(all, 0.5), p95: percentile(all, 0.95) };
  return { frames: records.length, answered: all.length, notAnswered, events, callouts, latencyMs, loopDelay };
}

export function summaryLines(summary: Summary, paint: Paint): string[] {
  const counts = (all: Readonly<Record<string, number>>): string =>
    Object.entries(all)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const { latencyMs, notAnswered } = summary;
  const lost = Object.keys(notAnswered).length > 0 ? ` (${counts(notAnswered)})` : '';
  return [
    paint('bold', 'Summary'),
    `  frames    ${summary.frames} sent, ${summary.answered} analysed${lost}`,
    `  events    ${counts(summary.events) || 'none'}`,
    `  callouts  ${summary.callouts}`,
    `  latency   p50 ${formatMs(latencyMs.p50)} ms, p95 ${formatMs(latencyMs.p95)} ms from sending a frame to its result`,
    `  server    ${loopDelayText(summary.loopDelay)}`,
  ];
}

export function loopDelayText({ server, idleThread }: ServerLoopDelay): string {
  const text = ({ p99Ms, maxMs }: LoopDelay): string => `p99 ${formatMs(p99Ms)} ms, longest ${formatMs(maxMs)} ms`;
  return `event loop held up: ${text(server)} (an idle thread beside it: ${text(idleThread)})`;
}
