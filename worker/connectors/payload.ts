/** Reading a platform's JSON without losing digits, and saying in plain words what is wrong with it. */
import { AppError } from '#core/errors';
import { parse, stringify } from 'lossless-json';
import { z } from 'zod';

/**
 * JSON with every number as its text: platform ids pass 2^53 and amounts are decimals, and neither may be rounded.
 * A repeated key keeps its last value, as JSON.parse does.
 * @throws AppError `invalid_input` when the text is not JSON.
 */
function parseLossless(text: string): unknown {
  try {
    return parse(text, undefined, {
      parseNumber: (digits) => digits,
      onDuplicateKey: ({ newValue }) => newValue,
    });
  } catch (cause) {
    throw new AppError('invalid_input', 'The body is not JSON', { cause });
  }
}

/**
 * The entries of a JSON list, each as the text that it came as, but for white space: numbers keep all their digits.
 * @param field where the list is inside an object; the text itself is the list without it
 * @throws AppError `unavailable` when the text is no list: a page of a proxy or of maintenance, not of the platform.
 */
export function listEntries(text: string, field: string | null = null): string[] {
  const entries = readList(text, field);
  if (entries === null) throw new AppError('unavailable', `An unexpected answer came instead of a list: ${text.trim().slice(0, 80)}`);
  return entries.map((entry) => stringify(entry) ?? 'null');
}

const fields = z.record(z.string(), z.unknown());

function readList(text: string, field: string | null): unknown[] | null {
  try {
    const parsed = parse(text);
    const list = field === null ? parsed : fields.parse(parsed)[field];
    return Array.isArray(list) ? list : null;
  } catch {
    return null;
  }
}

/** @throws AppError `invalid_input` naming each field that is not what the platform documents. */
export function readPayload<Out>(schema: z.ZodType<Out>, body: string, what: string): Out {
  const result = schema.safeParse(parseLossless(body));
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.code === 'invalid_type' && issue.message.endsWith('received undefined') ? 'Missing' : issue.message,
  }));
  const first = errors[0];
  throw new AppError('invalid_input', `${what}: ${first ? `${first.path || 'payload'}: ${first.message}` : 'not understood'}`, { errors });
}

/** An ISO 8601 time with its offset, normalised to UTC with milliseconds. */
export const instant = z.string().transform((text, context) => {
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) {
    context.addIssue({ code: 'custom', message: `"${text.slice(0, 40)}" is not an ISO 8601 time` });
    return z.NEVER;
  }
  return time.toISOString();
});

/** Trimmed text, or null when there is none. */
export function textOf(value: string | null | undefined): string | null {
  const text = value?.trim() ?? '';
  return text === '' ? null : text;
}
