import { describe, expect, it } from '@jest/globals';
import type { Callout } from '@jiga/contracts';
import type { ExpectedEvent } from './expectation.types.js';
import { scoreCallouts } from './score-callouts.js';

const START = 1_700_000_000;
const event = (t: number): ExpectedEvent => ({ type: 'kill', t, detail: {}, required: true });
const received = (t: number, delayMs: number) => ({
  callout: { text: `at ${t}`, timestamp: START + t } as Callout,
  receivedAtMs: (START + t) * 1000 + delayMs,
});

describe('scoreCallouts', () => {
  it('measures from the latest event that the callout can follow to its arrival', () => {
    const score = scoreCallouts([received(5, 80)], [event(2), event(4.5), event(5.5)], START);
    expect(score.delaysMs).toHaveLength(1);
    expect(score.delaysMs[0]).toBeCloseTo(580, 3);
  });

  it('names callouts that follow nothing the truth knows', () => {
    const score = scoreCallouts([received(20, 10)], [event(2)], START);
    expect(score).toEqual({ received: 1, delaysMs: [], unrelated: ['20.0 s: at 20'] });
  });
});
