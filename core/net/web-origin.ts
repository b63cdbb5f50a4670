/** Origins of web pages as a browser names them in the header Origin: scheme, host and port, nothing after. */

const MACHINE_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** What is wrong with an origin, and how to mend it. */
export const NO_ORIGIN = 'Not an origin; write scheme and host alone, like https://app.shop.example (http only for localhost)';

/**
 * The origin that `text` is, as browsers write it; null when it has a path or anything else, or when it is neither https
 * nor this machine. A slash at the end is forgiven.
 */
export function webOrigin(text: string): string | null {
  if (!URL.canParse(text) || text.includes('*')) return null;
  const url = new URL(text);
  const { protocol, hostname, origin } = url;
  const isFit = protocol === 'https:' || (protocol === 'http:' && MACHINE_NAMES.has(hostname));
  return isFit && url.href === `${origin}/` && !text.endsWith('?') && !text.endsWith('#') ? origin : null;
}
