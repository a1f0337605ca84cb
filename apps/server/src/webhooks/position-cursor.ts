import { decodeCursor, encodeCursor } from '../sessions/cursor.js';

/** A place in a list that has one number a row; opaque to clients. */
export const encodePosition = (position: number): string => encodeCursor({ createdAt: position, id: '' });

/** Throws AppError `validation_failed` for a cursor that we did not make. */
export const decodePosition = (cursor: string): number => decodeCursor(cursor).createdAt;
