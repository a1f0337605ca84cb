import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { GameEvent } from '@jiga/contracts';
import type { FrameReadings, RegionReading } from '../types.js';
import { MatchTracker, type MatchSnapshot } from './match-tracker.js';
import { OPENARENA_RULES } from './openarena.rules.js';

type Cell = 0 | readonly [text: string | true | 1, confidence: number, color?: string];
interface RecordedFrame {
  readonly frame: number;
  readonly regions: Readonly<Record<string, Cell>>;
  readonly unchanged: readonly string[];
}
interface TruthEvent {
  readonly frame: number;
  readonly type: string;
  readonly attacker: string | null;
  readonly victim: string;
  readonly by_viewed: boolean;
  readonly of_viewed: boolean;
}
type Changes<T> = readonly (readonly [frame: number, value: T])[];
interface Truth {
  readonly frames: number;
  readonly events: readonly TruthEvent[];
  readonly changes: {
    readonly clock: Changes<string>;
    readonly alive: Changes<boolean>;
    readonly health: Changes<number | null>;
    readonly armor: Changes<number>;
    readonly ammo: Changes<number | null>;
    readonly hud_scores: Changes<readonly [number, number]>;
  };
}

const FOLDER = new URL('../../../../test/fixtures/openarena-readings/', import.meta.url);
const START = 5_000;
const FPS = 30;

const readLines = (name: string): RecordedFrame[] =>
  readFileSync(new URL(`${name}.jsonl`, FOLDER), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedFrame);
const readTruth = (clip: string): Truth =>
  JSON.parse(readFileSync(new URL(`${clip}.truth.json`, FOLDER), 'utf8')) as Truth;
const timeOf = (frame: number): number => START + frame / FPS;

function toReading(region: string, cell: Cell): RegionReading {
  const box = [0, 0, 0.1, 0.1] as const;
  if (cell === 0) return { region, outcome: 'empty', text: null, confidence: 0, box, color: null };
  const [text, confidence, color = null] = cell;
  if (text === 1) return { region, outcome: 'unreadable', text: null, confidence, box, color };
  return { region, outcome: 'read', text: text === true ? null : text, confidence, box, color };
}

interface Run {
  readonly events: readonly GameEvent[];
  readonly callouts: readonly string[];
  readonly shots: readonly { readonly frame: number; readonly snapshot: MatchSnapshot }[];
}

const runs = new Map<string, Run>();

/** Plays a recording through a tracker, looking only at every `stride`-th frame from `offset` on. */
function play(name: string, stride = 1, offset = 0): Run {
  const key = `${name} ${stride} ${offset}`;
  const run = runs.get(key) ?? playAfresh(name, stride, offset);
  runs.set(key, run);
  return run;
}

function playAfresh(name: string, stride: number, offset: number): Run {
  const tracker = new MatchTracker(OPENARENA_RULES);
  const waiting = new Map<string, RegionReading>();
  const shots: { frame: number; snapshot: MatchSnapshot }[] = [];
  readLines(name).forEach(({ frame, regions, unchanged }, index) => {
    for (const [region, cell] of Object.entries(regions)) waiting.set(region, toReading(region, cell));
    if (index % stride !== offset) return;
    const readings: FrameReadings = {
      timestamp: timeOf(frame),
      profileId: 'openarena',
      profileConfidence: 0.95,
      sceneCut: false,
      regions: [...waiting.values()],
      unchanged: unchanged.filter((region) => !waiting.has(region)),
    };
    waiting.clear();
    tracker.update(readings, readings);
    shots.push({ frame, snapshot: tracker.snapshot(readings.timestamp) });
  });
  return {
    events: shots.flatMap(({ snapshot }) => snapshot.events),
    callouts: shots.flatMap(({ snapshot }) => snapshot.callouts.map((callout) => callout.text)),
    shots,
  };
}

function score(run: Run, truth: Truth, lateS: number): { precision: number; recall: number; f1: number } {
  const told = run.events.filter((event) => event.type === 'kill');
  const used = new Set<GameEvent>();
  const kills = truth.events.filter((event) => event.type === 'kill');
  for (const kill of kills) {
    const match = told.find(
      (event) =>
        !used.has(event) &&
        event.detail['killer'] === kill.attacker &&
        event.detail['victim'] === kill.victim &&
        event.detail['by_player'] === kill.by_viewed &&
        event.detail['of_player'] === kill.of_viewed &&
        event.timestamp >= timeOf(kill.frame) - 0.1 &&
        event.timestamp <= timeOf(kill.frame) + lateS,
    );
    if (match !== undefined) used.add(match);
  }
  const precision = told.length === 0 ? 1 : used.size / told.length;
  const recall = used.size / kills.length;
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall || 1) };
}

function at<T>(changes: Changes<T>, frame: number): T | null {
  let value: T | null = null;
  for (const [from, next] of changes) if (from <= frame) value = next;
  return value;
}

/** Share of frames in which a field shows exactly what the game knew at that frame. */
function exactness(run: Run, truth: Truth): Record<string, number> {
  const { changes } = truth;
  const seconds = (text: string | null): number | null => {
    const [minutes = '0', rest = '0'] = (text ?? '').split(':');
    return text === null ? null : Number(minutes) * 60 + Number(rest);
  };
  const wanted: Record<string, (frame: number) => number | null> = {
    timer: (frame) => seconds(at(changes.clock, frame)),
    health: (frame) => (at(changes.alive, frame) === true ? at(changes.health, frame) : null),
    armor: (frame) => (at(changes.alive, frame) === true ? at(changes.armor, frame) || null : null),
    ammo: (frame) => (at(changes.alive, frame) === true ? at(changes.ammo, frame) : null),
    score_left: (frame) => at(changes.hud_scores, frame)?.[0] ?? null,
    score_right: (frame) => at(changes.hud_scores, frame)?.[1] ?? null,
  };
  const shots = run.shots.slice(1);
  return Object.fromEntries(
    Object.entries(wanted).map(([field, want]) => {
      const right = shots.filter(({ frame, snapshot }) => (snapshot.hud[field]?.value ?? null) === want(frame));
      return [field, right.length / shots.length];
    }),
  );
}

const RECORDINGS = [
  ['oa_ctf_720_1280x720', 'oa_ctf_720'],
  ['oa_ffa_480_1280x720', 'oa_ffa_480'],
] as const;

describe.each(RECORDINGS)('recorded readings %s', (name, clip) => {
  const truth = readTruth(clip);

  it.each([
    [1, 0],
    [2, 0],
    [2, 1],
    [3, 2],
  ])('finds the kills when it looks every %i × 0.2 s', (stride, offset) => {
    const result = score(play(name, stride, offset), truth, stride * 0.2 + 0.1);
    expect(result.f1).toBeGreaterThanOrEqual(0.95);
    expect(result.precision).toBe(1);
  });

  it.each([
    [5, 0],
    [5, 2],
    [10, 3],
    [15, 5],
  ])('finds most kills when it looks every %i × 0.2 s only', (stride, offset) => {
    const result = score(play(name, stride, offset), truth, 3.3);
    expect(result.f1).toBeGreaterThanOrEqual(0.85);
    expect(result.precision).toBeGreaterThanOrEqual(0.9);
  });

  it('shows the numbers that the game has at that very frame', () => {
    for (const [field, share] of Object.entries(exactness(play(name), truth))) {
      expect([field, share >= 0.97]).toEqual([field, true]);
    }
  });

  it('tells every event once, with the time of a frame that it was shown', () => {
    const { events, shots } = play(name);
    expect(new Set(events.map((event) => event.event_id)).size).toBe(events.length);
    const times = new Set(shots.map(({ frame }) => timeOf(frame)));
    expect(events.filter((event) => !times.has(event.timestamp))).toEqual([]);
  });

  it('tells deaths and spawns of the viewed player and no others', () => {
    const { events } = play(name);
    const lives = truth.changes.alive.slice(1);
    const told = events.filter((event) => event.type === 'death' || event.type === 'spawn');
    expect(told.map((event) => event.type)).toEqual(lives.map(([, alive]) => (alive ? 'spawn' : 'death')));
    told.forEach((event, index) => {
      expect(Math.abs(event.timestamp - timeOf(lives[index]?.[0] ?? 0))).toBeLessThanOrEqual(0.5);
    });
  });

  it('does not talk too much', () => {
    const { callouts } = play(name);
    expect(callouts.length).toBeGreaterThan(2);
    expect(callouts.length).toBeLessThanOrEqual(14);
  });
});

describe('what the recordings show besides', () => {
  it('reads mode, flags and score of the flag match', () => {
    const { events, shots } = play('oa_ctf_720_1280x720');
    const of = (type: string): unknown[] => events.filter((event) => event.type === type).map((event) => event.detail);
    expect(of('flag_taken')).toEqual([expect.objectContaining({ player: 'Tony', flag: 'blue', player_team: 'red' })]);
    expect(of('flag_captured')).toEqual([expect.objectContaining({ player: 'Tony', flag: 'blue' })]);
    expect(of('score_changed')).toEqual([expect.objectContaining({ side: 'red', from: 0, to: 1 })]);
    const last = shots.at(-1)?.snapshot;
    expect(last?.game_mode?.name).toBe('capture the flag');
    expect(last?.teams?.scores).toEqual({ red: 1, blue: 0 });
    expect(last?.map).toBeNull();
  });

  it('follows every change of the score in the free-for-all', () => {
    const { events, shots } = play('oa_ffa_480_1280x720');
    const truth = readTruth('oa_ffa_480');
    expect(events.filter((event) => event.type === 'score_changed')).toHaveLength(truth.changes.hud_scores.length - 1);
    expect(shots.at(-1)?.snapshot.game_mode?.name).toBe('free for all');
  });

  it('tells no kill that it cannot read, where the feed is too small, but those that the game names in large letters', () => {
    const truth = readTruth('oa_ctf_720');
    const result = score(play('oa_ctf_720_480x270'), truth, 0.3);
    expect(result.precision).toBe(1);
    expect(result.recall).toBe(truth.events.filter((event) => event.by_viewed).length / 14);
  });
});
