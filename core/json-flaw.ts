/** What JSON can say and the books cannot keep: found before anything is looked up or written. */
import type { FieldError } from './errors.ts';

/** Levels of lists and objects in one another; no record of ours needs a tenth of it. */
export const DEEPEST = 64;

/**
 * The first thing in parsed JSON that cannot be kept: a NUL character or half a surrogate pair in a text or a key (Postgres
 * refuses both), the key `__proto__`, or nesting beyond `DEEPEST`. Null when there is none. Uses no recursion, so that no
 * nesting can exhaust the stack.
 */
export function jsonFlaw(value: unknown): FieldError | null {
  const open: { value: unknown; path: string; depth: number }[] = [{ value, path: '', depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: one, path, depth } = next;
    if (typeof one === 'string') {
      const words = flawOfText(one);
      if (words !== null) return { path, message: words };
    }
    if (typeof one !== 'object' || one === null) continue;
    if (depth >= DEEPEST) return { path: path.slice(0, 100), message: `Lists and objects are nested more than ${String(DEEPEST)} levels deep` };
    if (Array.isArray(one)) {
      one.forEach((item: unknown, index) => open.push({ value: item, path: `${path}[${String(index)}]`, depth: depth + 1 }));
      continue;
    }
    for (const [key, item] of Object.entries(one)) {
      const words = key === '__proto__' ? 'No field may have this name' : flawOfText(key);
      const at = path === '' ? key : `${path}.${key}`;
      if (words !== null) return { path: at.replaceAll(/[\0\p{Surrogate}]/gu, '\uFFFD').slice(0, 200), message: words };
      open.push({ value: item, path: at, depth: depth + 1 });
    }
  }
  return null;
}

/** What is wrong with the characters of a text, and how to mend it; null when nothing is. */
export function flawOfText(text: string): string | null {
  if (text.includes('\0')) return 'A text holds the character NUL (\\u0000), which cannot be kept; leave it out';
  return !/\p{Surrogate}/u.test(text) ? null : 'A text holds half of a character (a lone surrogate, \\ud800 to \\udfff), which cannot be kept; send the whole character';
}
