import { describe, expect, it } from '@jest/globals';

import { costsByNumber, type Row } from './costs.js';

const row = (sessions: number, cost: number | null, other: Partial<Row> = {}): Row => ({
  work: 'full HUD',
  cores: 1,
  sessions,
  p50Ms: 4,
  p95Ms: 20,
  p99Ms: 40,
  lost: 0,
  heavyPerSecond: 5,
  cpuMsPerSessionSecond: cost,
  cpuMsPerHeavy: cost && cost / 5,
  idleCpuMs: 4,
  machineMs: null,
  rssMib: 300,
  isHeld: true,
  ...other,
});

describe('what a session costs by their number', () => {
  it('is the middle of all rows with as many, compared with the first number', () => {
    const rows = [row(1, 40), row(10, 15), row(10, 25), row(1, 30), row(1, 300)];
    expect(costsByNumber(rows)).toMatchObject([
      { sessions: 1, rows: 3, cpuMsPerSessionSecond: 40, costRatio: 1, perHeavyRatio: 1, machineRatio: null },
      { sessions: 10, rows: 2, cpuMsPerSessionSecond: 20, costRatio: 0.5, perHeavyRatio: 0.5, machineRatio: null },
    ]);
  });

  it('stands beside what the same pace does to a program of another kind', () => {
    const rows = [row(1, 40, { machineMs: 3 }), row(25, 30, { machineMs: 2.1 })];
    expect(costsByNumber(rows)[1]).toMatchObject({ costRatio: 0.75, machineMs: 2.1, machineRatio: 0.7 });
  });

  it('is compared within the same work and cores alone, and unknown where nothing was measured', () => {
    const rows = [
      row(1, 40),
      row(1, 50, { cores: 2 }),
      row(10, null, { cores: 2 }),
      row(1, 8, { work: 'cheap stage' }),
    ];
    expect(costsByNumber(rows).map(({ costRatio }) => costRatio)).toEqual([1, 1, null, 1]);
  });
});
