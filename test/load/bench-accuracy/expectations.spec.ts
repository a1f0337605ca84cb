import { describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { expectationsOf } from './expectations.js';
import { readTruth, type ClipTruth } from './truth.js';

const sample = await readTruth(
  fileURLToPath(new URL('../../../samples/openarena/oa_ctf_sample.json', import.meta.url)),
);
const drawn = (truth: ClipTruth, name: string, frame: number) =>
  expectationsOf(truth)
    .fields.find((field) => field.name === name)
    ?.drawn(frame);

describe('expectations of an OpenArena clip', () => {
  it('says what is drawn in each frame', () => {
    expect(drawn(sample, 'health', 45)).toBe(124);
    expect(drawn(sample, 'health', 46)).toBe(24);
    expect(drawn(sample, 'armor', 46)).toBeNull();
    expect(drawn(sample, 'ammo', 0)).toBe(100);
    expect(drawn(sample, 'ammo', 100)).toBeNull(); // the gauntlet has no ammunition
    expect(drawn(sample, 'timer', 15)).toBe(26);
    expect(drawn(sample, 'scores.red', 763)).toBe(0);
    expect(drawn(sample, 'scores.red', 764)).toBe(1);
  });

  it('says what happened, from the log and from the state', () => {
    const { events, identity } = expectationsOf(sample);
    const count = (type: string) => events.filter((event) => event.type === type).length;
    expect([
      count('kill'),
      count('flag_taken'),
      count('flag_captured'),
      count('score_changed'),
      count('low_health'),
    ]).toEqual([12, 1, 1, 1, 1]);
    expect(events.filter(({ detail }) => detail['killer'] === 'Tony')).toEqual([
      {
        type: 'kill',
        t: 6.967,
        detail: { killer: 'Tony', victim: 'Gargoyle' },
        weapon: 'rocket_launcher',
        required: true,
      },
    ]);
    expect(identity).toEqual({ game: 'openarena', game_mode: 'capture the flag', player_team: 'red' });
  });

  it('shows no status bar while the player is dead, and does not require what happens at the clip’s end', () => {
    const truth: ClipTruth = {
      ...sample,
      frames: 60,
      changes: { ...sample.changes, alive: [[0, true] as const, [20, false] as const, [50, true] as const] },
      events: [],
    };
    expect([drawn(truth, 'health', 30), drawn(truth, 'ammo', 30), drawn(truth, 'timer', 30)]).toEqual([null, null, 26]);
    const lives = expectationsOf(truth).events.filter(({ type }) => type === 'death' || type === 'spawn');
    expect(lives.map(({ type, required }) => [type, required])).toEqual([
      ['death', true],
      ['spawn', false],
    ]);
  });
});

describe('expectations of other games', () => {
  const base = { clip: 'x.mp4', fps: 30, frames: 300, width: 1, height: 1, static: {}, events: [] };

  it('leave out Doom numbers under a tint that hides them', () => {
    const changes = {
      health: [[0, 60]],
      tint_level: [
        [0, 0],
        [10, 5],
      ],
      alive: [
        [0, true],
        [20, false],
      ],
    } as unknown as ClipTruth['changes'];
    const truth = { ...base, game: 'Freedoom 0.12.1 (dsda-doom)', changes };
    expect([drawn(truth, 'health', 9), drawn(truth, 'health', 10)]).toEqual([60, null]);
    expect(expectationsOf(truth).events).toMatchObject([{ type: 'death', t: 20 / 30 }]);
  });

  it('leave out a SuperTuxKart rank while it is animated', () => {
    const changes = {
      phase: [
        [0, 'SET'],
        [3, 'GO'],
      ],
      rank_drawn: [
        [0, 6],
        [5, 5],
      ],
      rank_animating: [
        [0, false],
        [4, true],
        [8, false],
      ],
      lap_text: [
        [0, null],
        [2, '1/2'],
      ],
    } as unknown as ClipTruth['changes'];
    const truth = { ...base, game: 'SuperTuxKart 1.4', changes, time_per_frame: { values: [0, 0, 0, 0.01, 0.04] } };
    expect([3, 4, 8].map((frame) => drawn(truth, 'rank', frame))).toEqual([6, null, 5]);
    expect([2, 4].map((frame) => drawn(truth, 'timer', frame))).toEqual([null, 0.04]);
    expect([0, 2].map((frame) => drawn(truth, 'lap', frame))).toEqual([null, 1]);
    expect(expectationsOf(truth).events).toMatchObject([{ type: 'rank_changed', t: 5 / 30 }]);
  });

  it('judge nothing about a game that they do not know', () => {
    expect(expectationsOf({ ...base, game: 'Chess', changes: {} })).toMatchObject({
      fields: [],
      events: [],
      judged: [],
    });
  });
});
