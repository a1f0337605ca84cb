import { rounded } from '../bench-flow/machine.js';

export type Work = 'full HUD' | 'cheap stage';

/** What was measured with one number of sessions. */
export interface Row {
  readonly work: Work;
  readonly cores: number;
  readonly sessions: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly lost: number;
  /** Heavy stages a second of one session. */
  readonly heavyPerSecond: number;
  /** Milliseconds of processor time that one session takes in a second, beyond what the idle server takes. */
  readonly cpuMsPerSessionSecond: number | null;
  /** The same for each heavy stage; null without. */
  readonly cpuMsPerHeavy: number | null;
  /** Of the server without sessions, in a second. */
  readonly idleCpuMs: number;
  /** Milliseconds of processor time for a piece of work that has nothing to do with the server, at the pace of the frames. */
  readonly machineMs: number | null;
  readonly rssMib: number | null;
  readonly isHeld: boolean;
}

/** What a session costs, over all rows with the same number of them: one row alone is at the mercy of what else the machine does. */
export interface Cost extends Pick<
  Row,
  'work' | 'cores' | 'sessions' | 'cpuMsPerSessionSecond' | 'cpuMsPerHeavy' | 'machineMs'
> {
  readonly rows: number;
  /** To those of the first number of sessions with the same work and cores. */
  readonly costRatio: number | null;
  readonly perHeavyRatio: number | null;
  readonly machineRatio: number | null;
}

export function costsByNumber(rows: readonly Row[]): Cost[] {
  const costs: Cost[] = [];
  const firstOf = new Map<string, Medians>();
  for (const { work, cores, sessions } of rows) {
    const ofWork = (row: Row | Cost): boolean => row.work === work && row.cores === cores;
    if (costs.some((cost) => ofWork(cost) && cost.sessions === sessions)) continue;
    const same = rows.filter((row) => ofWork(row) && row.sessions === sessions);
    const medians = mediansOf(same);
    const first = firstOf.get(`${work} ${cores}`) ?? medians;
    firstOf.set(`${work} ${cores}`, first);
    costs.push({
      work,
      cores,
      sessions,
      rows: same.length,
      cpuMsPerSessionSecond: rounded(medians.cost, 2),
      cpuMsPerHeavy: rounded(medians.perHeavy, 2),
      machineMs: rounded(medians.machine, 2),
      costRatio: ratio(medians.cost, first.cost),
      perHeavyRatio: ratio(medians.perHeavy, first.perHeavy),
      machineRatio: ratio(medians.machine, first.machine),
    });
  }
  return costs;
}

interface Medians {
  readonly cost: number | null;
  readonly perHeavy: number | null;
  readonly machine: number | null;
}

function mediansOf(rows: readonly Row[]): Medians {
  return {
    cost: median(rows.map(({ cpuMsPerSessionSecond }) => cpuMsPerSessionSecond)),
    perHeavy: median(rows.map(({ cpuMsPerHeavy }) => cpuMsPerHeavy)),
    machine: median(rows.map(({ machineMs }) => machineMs)),
  };
}

/** Of what is known; null when nothing is. */
function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  const [low, high] = [known[(known.length - 1) >> 1], known[known.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

const ratio = (value: number | null, reference: number | null): number | null =>
  rounded(value && reference && value / reference, 2);
