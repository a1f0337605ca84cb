/**
 * The value below which `share` (0–1) of the numbers lie, by the nearest-rank method; null for none.
 * Nearest rank always is one of the numbers measured, which matters for the few samples of a short run.
 */
export function percentile(numbers: readonly number[], share: number): number | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? null;
}

/** Milliseconds for people: `12`, `3.4`, or `–` when there is none. */
export function formatMs(ms: number | null): string {
  if (ms === null) return '–';
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}
