import { describe, expect, it } from '@jest/globals';

import { KillLedger, type KillClaim } from './kill-ledger.js';

const RESPAWN_S = 1.6;
const BANNER_HOLD_S = 1.2;

const ledgerOf = (): KillLedger => new KillLedger(RESPAWN_S, BANNER_HOLD_S, 3.4, 3, (a, b) => a === b);

const line = (at: number, more: Partial<KillClaim> = {}): KillClaim => ({
  killer: 'Sarge',
  victim: 'Grunt',
  weapon: 'railgun',
  byViewed: false,
  ofViewed: false,
  byWorld: false,
  teamKill: false,
  at,
  since: at - 0.2,
  isTwin: false,
  confidence: 0.9,
  source: 'feed',
  text: 'Grunt was railed by Sarge',
  box: [0, 0, 0.3, 0.02],
  region: 'feed_1',
  ...more,
});

const banner = (at: number, more: Partial<KillClaim> = {}): KillClaim =>
  line(at, { killer: null, weapon: null, byViewed: true, source: 'banner', since: at, ...more });

describe('the ledger of kills', () => {
  it('waits with a banner for the line that names the killer, and tells the kill once', () => {
    const ledger = ledgerOf();
    ledger.add(banner(10));
    expect(ledger.takeDue(11)).toEqual([]);
    ledger.add(line(11, { since: 9.9 }));
    const told = ledger.takeDue(11);
    expect(told).toHaveLength(1);
    expect(told[0]?.claim).toMatchObject({ killer: 'Sarge', victim: 'Grunt', byViewed: true, at: 10 });
    expect(ledger.takeDue(20)).toEqual([]);
  });

  it('takes a line that nobody had time to look at for the kill of an earlier banner', () => {
    const ledger = ledgerOf();
    ledger.add(banner(10));
    ledger.add(line(12.2, { since: 9.8 }));
    expect(ledger.takeDue(13)).toHaveLength(1);
  });

  it('takes a line that was misread until now for the kill of the banner that its killer was shown', () => {
    const ledger = ledgerOf();
    ledger.add(banner(10, { killer: 'Sarge' }));
    expect(ledger.takeDue(11.4)).toHaveLength(1);
    ledger.add(line(12.4));
    expect(ledger.takeDue(13)).toEqual([]);
    ledger.add(line(12.6, { victim: 'Beret' }));
    expect(ledger.takeDue(13)).toHaveLength(1);
  });

  it('keeps a line apart from a banner that was gone before the line can have appeared', () => {
    const ledger = ledgerOf();
    ledger.add(banner(10));
    ledger.add(line(13, { since: 12.8 }));
    expect(ledger.takeDue(13)).toHaveLength(2);
  });

  it('tells a line once that was lost from sight and found again', () => {
    const ledger = ledgerOf();
    ledger.add(line(10));
    ledger.add(line(11.8));
    expect(ledger.takeDue(12)).toHaveLength(1);
  });

  it('knows a line found again although a banner had told its kill before', () => {
    const ledger = ledgerOf();
    ledger.add(banner(10, { killer: 'Sarge' }));
    expect(ledger.takeDue(11.4)).toHaveLength(1);
    ledger.add(line(11.4, { since: 9.8 }));
    ledger.add(line(13));
    ledger.add(line(14.2));
    expect(ledger.takeDue(15)).toEqual([]);
  });

  it('tells two kills when two equal lines stand beside each other', () => {
    const ledger = ledgerOf();
    ledger.add(line(10));
    ledger.add(line(11.8, { isTwin: true }));
    expect(ledger.takeDue(12)).toHaveLength(2);
  });

  it('tells the same story again after the line had its time', () => {
    const ledger = ledgerOf();
    ledger.add(line(10));
    ledger.add(line(13.4));
    expect(ledger.takeDue(14)).toHaveLength(2);
  });
});
