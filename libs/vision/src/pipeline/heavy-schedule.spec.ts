import { describe, expect, it } from '@jest/globals';
import { HeavySchedule } from './heavy-schedule.js';

const at = (timestamp: number, arrivedAtMs = timestamp * 1000): { timestamp: number; arrivedAtMs: number } => ({
  timestamp,
  arrivedAtMs,
});

describe('HeavySchedule', () => {
  it('takes the first frame, then one each interval of the stream, however fast frames arrive', () => {
    const schedule = new HeavySchedule(3000);
    const due: number[] = [];
    for (let second = 0; second < 10; second++) {
      const moment = at(100 + second, second);
      const scope = schedule.due(moment);
      if (!scope) continue;
      due.push(second);
      schedule.begin(moment, scope);
      schedule.end(scope, true);
    }
    expect(due).toEqual([0, 3, 6, 9]);
  });

  it.each([
    ['stands still', 5],
    ['goes back', -500],
    ['is no number', Number.NaN],
  ])('goes by the arrival of the frames when the clock of the stream %s', (_, timestamp) => {
    const schedule = new HeavySchedule(1000);
    schedule.begin(at(5, 0), 'all');
    schedule.end('all', true);
    expect(schedule.due(at(timestamp, 900))).toBeNull();
    expect(schedule.due(at(timestamp, 1000))).toBe('all');
  });

  it('waits for other sessions the longer, the longer ago the last heavy stage was, and never for ever', () => {
    const schedule = new HeavySchedule(500);
    const longest = (second: number): number => {
      let waitMs = 0;
      while (schedule.hasRoom(at(second), waitMs + 1)) waitMs += 1;
      return waitMs;
    };
    expect(longest(10)).toBe(60);
    expect(longest(11)).toBe(120);
    schedule.begin(at(11), 'all');
    schedule.end('all', true);
    expect([11, 11.25, 11.5, 12.5, 13, 60].map(longest)).toEqual([0, 30, 60, 160, 160, 160]);
    schedule.noteCut();
    expect(longest(11.1)).toBe(60);
  });

  it('takes a cut at once, and after a sixth of the interval the numbers alone for a change', () => {
    const schedule = new HeavySchedule(3000);
    schedule.begin(at(0), 'all');
    schedule.end('all', true);
    schedule.noteChange();
    expect(schedule.due(at(0.4))).toBeNull();
    expect(schedule.due(at(0.5))).toBe('numbers');
    schedule.noteCut();
    expect(schedule.due(at(0.1))).toBe('all');
    expect(schedule.begin(at(0.1), 'all').sceneCut).toBe(true);
  });

  it('reads all once an interval, however often numbers are read in between', () => {
    const schedule = new HeavySchedule(500);
    const scopes = Array.from({ length: 8 }, (_, frame) => {
      const moment = at(frame / 5);
      schedule.noteChange();
      const scope = schedule.due(moment) ?? 'numbers';
      schedule.begin(moment, scope);
      schedule.end(scope, true);
      return scope;
    });
    expect(scopes.flatMap((scope, frame) => (scope === 'all' ? [frame] : []))).toEqual([0, 3, 6]);
  });

  it('reads soon what there was no time for', () => {
    const schedule = new HeavySchedule(3000);
    schedule.begin(at(0), 'all');
    schedule.noteUnread();
    schedule.end('all', true);
    expect([0.4, 0.5].map((second) => schedule.due(at(second)))).toEqual([null, 'all']);
  });

  it('wants to know of changes only when one would matter', () => {
    const schedule = new HeavySchedule(3000);
    expect(schedule.wantsChanges(at(0))).toBe(false);
    schedule.begin(at(0), 'all');
    expect(schedule.wantsChanges(at(1))).toBe(false);
    schedule.end('all', true);
    expect(schedule.wantsChanges(at(0.4))).toBe(false);
    expect(schedule.wantsChanges(at(0.5))).toBe(true);
    schedule.noteChange();
    expect(schedule.wantsChanges(at(0.6))).toBe(false);
  });

  it('keeps what changed while a heavy stage was under way', () => {
    const schedule = new HeavySchedule(3000);
    schedule.begin(at(0), 'all');
    schedule.noteCut();
    expect(schedule.due(at(9))).toBeNull();
    schedule.end('all', true);
    expect(schedule.due(at(0.1))).toBe('all');
  });

  it('sees to it that a frame whose heavy stage failed is followed by another one soon', () => {
    const schedule = new HeavySchedule(3000);
    schedule.begin(at(0), 'all');
    schedule.end('all', false);
    expect(schedule.due(at(0.5))).toBe('all');
  });
});
