/** A request's body as JSON: up to a limit, UTF-8 and nothing else, with words for what is wrong. */
import { AppError } from '#core/errors';
import { jsonFlaw } from '#core/json-flaw';
import { readLimited } from './read-limited.ts';

/** Of a body that describes one thing; records and their like have a limit of their own. */
export const JSON_BODY_BYTES = 1_000_000;

/** @throws AppError `too_large`, or `invalid_input` when the bytes are not UTF-8. */
export async function readText(request: Request, limit: number): Promise<string> {
  const bytes = await readLimited(request, limit);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_input', 'The body is not UTF-8', { cause });
  }
}

/** Of keys that stand twice in one object the last counts. @throws AppError `invalid_input` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_input', 'The body is not JSON', { cause });
  }
}

/** @throws AppError `invalid_input` naming the place of what cannot be kept. */
export function requireKeepable(value: unknown): void {
  const flaw = jsonFlaw(value);
  if (flaw !== null) throw new AppError('invalid_input', 'The body holds what cannot be kept', { errors: [flaw] });
}
