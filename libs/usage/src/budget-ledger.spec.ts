import { describe, expect, it } from '@jest/globals';

import { BudgetLedger, type CallMaximum, type Hold } from './budget-ledger.js';

const most = (usd: number | null, tokens: number | null = 0): CallMaximum => ({ usd, tokens });
const cost = (usd: number, tokens = 0) => ({ usd, tokens });

/** mulberry32: small, and the same run every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('BudgetLedger', () => {
  it('lets calls run side by side as long as all they can come to fits', () => {
    const ledger = new BudgetLedger({ usd: 1 });
    const first = ledger.reserve(most(0.4));
    const second = ledger.reserve(most(0.6));
    expect([first, second]).not.toContain(null);
    expect(ledger.reserve(most(0.01))).toBeNull();
    if (first) ledger.settle(first, cost(0.1));
    expect(ledger.reserve(most(0.3))).not.toBeNull();
  });

  it('lets one last call pass the limit, alone', () => {
    const ledger = new BudgetLedger({ usd: 1 });
    const running = ledger.reserve(most(0.5));
    expect(ledger.reserve(most(5))).toBeNull();
    if (running) ledger.release(running);
    const last = ledger.reserve(most(5));
    expect(last).not.toBeNull();
    expect(ledger.reserve(most(0.1))).toBeNull();
    if (last) ledger.settle(last, cost(3));
    expect(ledger.spent('usd')).toBe(3);
    expect(ledger.reserve(most(0.1))).toBeNull();
  });

  it('runs a call of which nobody knows the cost alone', () => {
    const ledger = new BudgetLedger({ usd: 1 });
    const unknown = ledger.reserve(most(null));
    expect(unknown).not.toBeNull();
    expect(ledger.reserve(most(0.01))).toBeNull();
    expect(ledger.reserve(most(null))).toBeNull();
    if (unknown) ledger.settle(unknown, cost(0.2));
    expect(ledger.reserve(most(0.8))).not.toBeNull();
  });

  it('needs no room for what costs nothing, also when nothing is left', () => {
    const ledger = new BudgetLedger({ usd: 0, tokens: 10 });
    expect(ledger.reserve(most(0.1))).toBeNull();
    expect(ledger.reserve(most(0, 5))).not.toBeNull();
  });

  it('counts a hold once, however often it is ended', () => {
    const ledger = new BudgetLedger({ tokens: 100 });
    const hold = ledger.reserve(most(null, 60));
    if (!hold) throw new Error('refused');
    ledger.settle(hold, cost(0, 50));
    ledger.settle(hold, cost(0, 50));
    ledger.release(hold);
    expect(ledger.spent('tokens')).toBe(50);
    expect(ledger.reserve(most(0, 50))).not.toBeNull();
  });

  it('is never exceeded by more than one call, whatever runs beside whatever', () => {
    let granted = 0;
    let worst = Number.NEGATIVE_INFINITY;
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomFrom(seed);
      const limits = { usd: random() * 10, tokens: Math.floor(random() * 1000) };
      const ledger = new BudgetLedger(limits);
      const underWay: { readonly hold: Hold; readonly usd: number; readonly tokens: number }[] = [];
      let dearest = cost(0);
      const end = (index: number): void => {
        const [call] = underWay.splice(index, 1);
        if (!call) return;
        ledger.settle(call.hold, call);
        dearest = { usd: Math.max(dearest.usd, call.usd), tokens: Math.max(dearest.tokens, call.tokens) };
        // By how much the budget is exceeded beyond one call: never above 0, but for crumbs of fractions.
        const usd = ledger.spent('usd') - limits.usd - dearest.usd;
        worst = Math.max(worst, usd, ledger.spent('tokens') - limits.tokens - dearest.tokens);
      };
      for (let step = 0; step < 400; step++) {
        const index = Math.floor(random() * underWay.length);
        if (random() < 0.4) {
          const call = random() < 0.15 ? underWay.splice(index, 1)[0] : undefined;
          if (call) ledger.release(call.hold);
          else end(index);
          continue;
        }
        const usd = random() * 3;
        const tokens = Math.floor(random() * 300);
        const known = (value: number): number | null => (random() < 0.2 ? null : value * (1 + random()));
        const hold = ledger.reserve({ usd: known(usd), tokens: known(tokens) });
        if (hold) underWay.push({ hold, usd, tokens });
        if (hold) granted++;
      }
      while (underWay.length > 0) end(0);
    }
    expect(granted).toBeGreaterThan(1000);
    expect(worst).toBeLessThanOrEqual(1e-9);
  });
});
