import type { FuzzFault, FuzzReport } from './run-fuzz.js';

const SHOWN_CHARS = 600;

/** What a run came to, in a few lines. */
export function describeRun(report: FuzzReport, seed: number, tookMs: number): string {
  const statuses = [...report.statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  return [
    `${report.made} requests in ${(tookMs / 1000).toFixed(1)} s, seed ${seed}, slowest ${Math.round(report.slowestMs)} ms`,
    `answers by status: ${statuses.join(', ')}`,
    `${report.succeeded.size} of ${report.operations} operations succeeded at least once`,
    `${report.faults.length} answers were wrong`,
  ].join('\n');
}

/** One wrong answer with the request that brought it about. */
export function describeFault({ request, faults }: FuzzFault): string {
  const { method, path, headers, body } = request;
  const shown = [`${method} ${path}`, JSON.stringify(headers), body?.toString() ?? ''].map((text) =>
    text.slice(0, SHOWN_CHARS),
  );
  return `\n${faults.join('; ')}\n  ${shown.join('\n  ')}`;
}
