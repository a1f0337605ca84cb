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
      if (!schedule.isDue(moment)) continue;
      due.push(second);
      schedule.begin(moment);
      schedule.end(true);
    }
    expect(due).toEqual([0, 3, 6, 9]);
  });

  it.each([
    ['stands still', 5],
    ['goes back', -500],
    ['is no number', Number.NaN],
  ])('goes by the arrival of the frames when the clock of the stream %s', (_, timestamp) => {
    const schedule = new HeavySchedule(1000);
    schedule.begin(at(5, 0));
    schedule.end(true);
    expect(schedule.isDue(at(timestamp, 900))).toBe(false);
    expect(schedule.isDue(at(timestamp, 1000))).toBe(true);
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
    schedule.begin(at(11));
    schedule.end(true);
    expect([11, 11.25, 11.5, 12.5, 13, 60].map(longest)).toEqual([0, 30, 60, 160, 160, 160]);
    schedule.noteCut();
    expect(longest(11.1)).toBe(60);
  });

  it('takes a cut at once and a change after a sixth of the interval', () => {
    const schedule = new HeavySchedule(3000);
    schedule.begin(at(0));
    schedule.end(true);
    schedule.noteChange();
    expect(schedule.isDue(at(0.4))).toBe(false);
    expect(schedule.isDue(at(0.5))).toBe(true);
    schedule.noteCut();
    expect(schedule.isDue(at(0.1))).toBe(true);
    expect(schedule.begin(at(0.1)).sceneCut).toBe(true);
  });

  it('wants to know of changes only when one would matter', () => {
    const schedule = new HeavySchedule(3000);
    expect(schedule.wantsChanges(at(0))).toBe(false);
    schedule.begin(at(0));
    expect(schedule.wantsChanges(at(1))).toBe(false);
    schedule.end(true);
    expect(schedule.wantsChanges(at(0.4))).toBe(false);
    expect(schedule.wantsChanges(at(0.5))).toBe(true);
    schedule.noteChange();
    expect(schedule.wantsChanges(at(0.6))).toBe(false);
  });

  it('keeps what changed while a heavy stage was under way', () => {
    const schedule = new HeavySchedule(3000);
    schedule.begin(at(0));
    schedule.noteCut();
    expect(schedule.isDue(at(9))).toBe(false);
    schedule.end(true);
    expect(schedule.isDue(at(0.1))).toBe(true);
  });

  it('sees to it that a frame whose heavy stage failed is followed by another one soon', () => {
    const schedule = new HeavySchedule(3000);
    schedule.begin(at(0));
    schedule.end(false);
    expect(schedule.isDue(at(0.5))).toBe(true);
  });
});
