/** One observation: what was measured, and whether it was so. */
export interface Observation {
  readonly values: readonly number[];
  readonly isTrue: boolean;
}

export interface LogisticModel {
  readonly intercept: number;
  /** In the order of the values. */
  readonly slopes: readonly number[];
}

const STEPS = 30;
/** Weight of the squared coefficients, in units of observations: keeps them finite where the classes part cleanly. */
const RIDGE = 1;

export function probability({ intercept, slopes }: LogisticModel, values: readonly number[]): number {
  const logit = slopes.reduce((sum, slope, at) => sum + slope * (values[at] ?? 0), intercept);
  return 1 / (1 + Math.exp(-logit));
}

/**
 * Logistic regression with a ridge on the standardised slopes, by Newton's method.
 * @see T. Hastie, R. Tibshirani, J. Friedman, "The Elements of Statistical Learning", 4.4.1
 */
export function fitLogistic(observations: readonly Observation[]): LogisticModel {
  const width = observations[0]?.values.length ?? 0;
  const column = (at: number): number[] => observations.map(({ values }) => values[at] ?? 0);
  const means = Array.from({ length: width }, (_, at) => mean(column(at)));
  const spreads = means.map((middle, at) => Math.sqrt(mean(column(at).map((x) => (x - middle) ** 2))) || 1);
  const rows = observations.map(({ values }) => [
    1,
    ...values.map((value, at) => (value - (means[at] ?? 0)) / (spreads[at] ?? 1)),
  ]);
  let weights = Array.from({ length: width + 1 }, () => 0);
  for (let step = 0; step < STEPS; step++) weights = newtonStep(rows, observations, weights);
  const [first = 0, ...rest] = weights;
  const slopes = rest.map((weight, at) => weight / (spreads[at] ?? 1));
  return { intercept: first - slopes.reduce((sum, slope, at) => sum + slope * (means[at] ?? 0), 0), slopes };
}

function newtonStep(
  rows: readonly (readonly number[])[],
  observations: readonly Observation[],
  weights: readonly number[],
): number[] {
  const size = weights.length;
  const ridge = (at: number): number => (at === 0 ? 0 : RIDGE);
  const gradient = weights.map((weight, at) => -ridge(at) * weight);
  const hessian = weights.map((_, one) => weights.map((__, other) => (one === other ? ridge(one) + 1e-9 : 0)));
  for (const [index, row] of rows.entries()) {
    const p = 1 / (1 + Math.exp(-dot(row, weights)));
    const miss = Number(observations[index]?.isTrue) - p;
    for (let one = 0; one < size; one++) {
      gradient[one] = (gradient[one] ?? 0) + miss * (row[one] ?? 0);
      const line = hessian[one] ?? [];
      for (let other = 0; other < size; other++)
        line[other] = (line[other] ?? 0) + p * (1 - p) * (row[one] ?? 0) * (row[other] ?? 0);
    }
  }
  const step = solve(hessian, gradient);
  return weights.map((weight, at) => weight + (step[at] ?? 0));
}

/** Gaussian elimination with pivots; the matrix is small and positive definite. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const lines = matrix.map((line, at) => [...line, right[at] ?? 0]);
  const size = lines.length;
  for (let pivot = 0; pivot < size; pivot++) {
    const rest = lines.slice(pivot).map((line) => Math.abs(line[pivot] ?? 0));
    const best = pivot + rest.indexOf(Math.max(...rest));
    [lines[pivot], lines[best]] = [lines[best] as number[], lines[pivot] as number[]];
    const top = lines[pivot] as number[];
    for (const line of lines) {
      if (line === top) continue;
      const factor = (line[pivot] ?? 0) / (top[pivot] ?? 1);
      for (let at = pivot; at <= size; at++) line[at] = (line[at] ?? 0) - factor * (top[at] ?? 0);
    }
  }
  return lines.map((line, at) => (line[size] ?? 0) / (line[at] ?? 1));
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const dot = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
