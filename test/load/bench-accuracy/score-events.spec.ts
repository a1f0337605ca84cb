import { describe, expect, it } from '@jest/globals';
import type { ExpectedEvent } from './expectation.types.js';
import { addEventScores, f1, precision, recall, scoreEvents, type ClaimedEvent } from './score-events.js';

const kill = (t: number, killer: string | null, victim: string, more: Partial<ExpectedEvent> = {}): ExpectedEvent => ({
  type: 'kill',
  t,
  detail: { killer, victim },
  required: true,
  ...more,
});
const claim = (t: number, killer: string | null, victim: string, weapon: string | null = null): ClaimedEvent => ({
  type: 'kill',
  t,
  detail: { killer, victim, weapon, by_player: true },
});
const score = (events: ExpectedEvent[], claims: ClaimedEvent[]) => {
  const [first] = scoreEvents(events, claims, ['kill']).types;
  if (!first) throw new Error('no score');
  return first;
};

describe('scoreEvents', () => {
  it('finds an event claimed from 0.3 s before to 3.5 s after it, and no other', () => {
    for (const [t, found] of [
      [9.6, 0],
      [9.7, 1],
      [13.5, 1],
      [13.6, 0],
    ] as const) {
      expect(score([kill(10, 'Sarge', 'Beret')], [claim(t, 'sarge ', 'BERET')])).toMatchObject({
        expected: 1,
        found,
        missed: 1 - found,
        invented: 1 - found,
      });
    }
  });

  it('takes a kill with other names, or without a killer that there was, for invented', () => {
    expect(score([kill(1, 'Sarge', 'Beret')], [claim(1, 'Sarge', 'Grunt')])).toMatchObject({ missed: 1, invented: 1 });
    expect(score([kill(1, 'Sarge', 'Beret')], [claim(1, null, 'Beret')])).toMatchObject({ missed: 1, invented: 1 });
    expect(score([kill(1, null, 'Beret')], [claim(1, null, 'Beret')])).toMatchObject({ found: 1, invented: 0 });
  });

  it('counts a claim made twice once as found and once as invented', () => {
    expect(score([kill(1, 'A', 'B')], [claim(1, 'A', 'B'), claim(1.4, 'A', 'B')])).toMatchObject({
      found: 1,
      invented: 1,
    });
  });

  it('pairs two alike events close together with their two claims', () => {
    const events = [kill(1, 'A', 'B'), kill(4, 'A', 'B')];
    expect(score(events, [claim(4.4, 'A', 'B'), claim(4.2, 'A', 'B')])).toMatchObject({ found: 2, invented: 0 });
  });

  it('neither asks for an event at the edge nor calls its claim false', () => {
    const edge = kill(34.9, 'A', 'B', { required: false });
    expect(score([edge], [])).toMatchObject({ expected: 0, missed: 0 });
    expect(score([edge], [claim(34.9, 'A', 'B')])).toMatchObject({ expected: 0, found: 0, invented: 0 });
  });

  it('judges the weapon apart from the kill', () => {
    const events = [kill(1, 'A', 'B', { weapon: 'rocket_launcher' }), kill(5, 'A', 'C', { weapon: 'railgun' })];
    const claims = [claim(1, 'A', 'B', 'Rocket Launcher'), claim(5, 'A', 'C', 'shotgun')];
    expect(score(events, claims)).toMatchObject({ found: 2, weapons: { known: 2, right: 1 } });
  });

  it('keeps claims apart on which the truth says nothing', () => {
    const claims = [{ type: 'phase_changed', t: 1, detail: {} }];
    expect(scoreEvents([], claims, ['kill'])).toEqual({
      types: [expect.objectContaining({ type: 'kill', invented: 0 })],
      unjudged: { phase_changed: 1 },
    });
  });

  it('measures from the event to the frame that first showed it', () => {
    const [lag] = score([kill(2, 'A', 'B')], [claim(2.25, 'A', 'B')]).lagSeconds;
    expect(lag).toBeCloseTo(0.25);
  });
});

describe('precision, recall and F1', () => {
  it('follow from found, expected and invented', () => {
    const sum = addEventScores([
      score([kill(1, 'A', 'B'), kill(9, 'A', 'C')], [claim(1, 'A', 'B')]),
      score([kill(1, 'A', 'B')], [claim(1, 'A', 'B'), claim(8, 'X', 'Y')]),
    ]);
    expect(sum).toMatchObject({ expected: 3, found: 2, missed: 1, invented: 1 });
    expect(precision(sum)).toBeCloseTo(2 / 3);
    expect(recall(sum)).toBeCloseTo(2 / 3);
    expect(f1(sum)).toBeCloseTo(2 / 3);
  });

  it('are unknown where there is nothing to judge', () => {
    const nothing = score([], []);
    expect([precision(nothing), recall(nothing), f1(nothing)]).toEqual([null, null, null]);
  });
});
