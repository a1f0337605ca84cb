import { AppError } from '@jiga/contracts';
import type { SessionPosition } from '@jiga/sessions';

/** Opaque to clients: it may change between versions. */
export const encodeCursor = ({ createdAt, id }: SessionPosition): string =>
  Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');

/** Throws AppError `validation_failed` for a cursor that we did not make. */
export function decodeCursor(cursor: string): SessionPosition {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && Number.isFinite(parts[0]) && typeof parts[1] === 'string') {
      return { createdAt: Number(parts[0]), id: parts[1] };
    }
  } catch {
    // Not ours: refused below.
  }
  throw new AppError('validation_failed', 'cursor is not one of ours.', {
    fields: [{ pointer: '/cursor', code: 'bad_format', detail: 'cursor must be the next_cursor of an earlier answer' }],
  });
}
