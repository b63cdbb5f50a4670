/** Opaque list cursors: the sort value and id of the last row seen. */
import { z } from 'zod';
import { AppError } from '#core/errors';

const parts = z.tuple([z.string().nullable(), z.uuid()]);

export function encodeCursor(value: string | null, id: string): string {
  return btoa(JSON.stringify([value, id])).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @throws AppError `invalid_input` for anything `encodeCursor` did not make */
export function decodeCursor(cursor: string): { value: string | null; id: string } {
  try {
    const [value, id] = parts.parse(JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))));
    return { value, id };
  } catch (cause) {
    throw new AppError('invalid_input', 'The cursor is not one of ours: start again without it', { cause, errors: [{ path: 'cursor', message: 'Pass nextCursor as it was given' }] });
  }
}
