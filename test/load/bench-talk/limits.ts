import { formatMs, percentile } from '../../../apps/cli/src/percentiles.js';

/** A figure beside its bound. */
export interface Figure {
  readonly what: string;
  /** null = nothing was measured, which is no success. */
  readonly found: number | null;
  readonly unit: 'ms' | '%';
  readonly limit: number;
  /** Whether the bound is the least rather than the most. */
  readonly isLeast?: boolean;
}

export const times = (
  what: string,
  numbers: readonly number[],
  limits: Readonly<Record<'p50' | 'p95' | 'p99', number>> | Readonly<Partial<Record<'p50' | 'p95' | 'p99', number>>>,
): Figure[] =>
  Object.entries(limits).map(([name, limit]) => ({
    what: `${what}, ${name}`,
    found: percentile(numbers, Number(name.slice(1)) / 100),
    unit: 'ms' as const,
    limit,
  }));

export const isMet = ({ found, limit, isLeast = false }: Figure): boolean =>
  found !== null && (isLeast ? found >= limit : found <= limit);

/** One line: what, found, bound, their ratio, and whether it is met. */
export function row(figure: Figure): string {
  const { what, found, unit, limit, isLeast = false } = figure;
  const told = unit === 'ms' ? formatMs(found) : (found?.toFixed(1) ?? '–');
  const ratio = found === null ? '–' : (found / limit).toFixed(2);
  const bound = `${isLeast ? '>=' : '<='} ${limit}`;
  return `${what.padEnd(62)} ${told.padStart(6)} ${unit.padEnd(2)}  ${bound.padStart(8)}  ${ratio.padStart(5)}  ${isMet(figure) ? 'met' : 'NOT MET'}`;
}
