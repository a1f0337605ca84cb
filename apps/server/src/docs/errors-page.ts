import { ERROR_KINDS, ERRORS } from '@jiga/contracts';

/** Every error code as a Markdown page: `docs/errors.md`, also served at /errors. */
export function renderErrorsPage(): string {
  const sections = Object.entries(ERRORS)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { kind, title, remedy, ...rest }]) => {
      const isRetryable = 'retryable' in rest && rest.retryable;
      return [
        `## ${code}`,
        '',
        `${title}. HTTP status ${ERROR_KINDS[kind].status}${isRetryable ? ', worth another try' : ''}.`,
        '',
        remedy,
        '',
      ].join('\n');
    });
  return [
    '# Error codes',
    '',
    'Every failed HTTP request is answered with an RFC 9457 problem document, every failed WebSocket message with an',
    '`error` message. Both carry one of these codes, which never change their meaning.',
    '',
    ...sections,
  ].join('\n');
}
