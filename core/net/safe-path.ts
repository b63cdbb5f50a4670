/** Where somebody goes on to after signing in: never to another site. */

/** Any host will do: only whether it is left is looked at. */
const HERE = 'https://here.invalid';

/** A path of this app with its query; `/` for anything else, also for what only a browser reads as another site. */
export function safePath(text: string | null): string {
  if (text === null || !text.startsWith('/') || !URL.canParse(text, HERE)) return '/';
  const url = new URL(text, HERE);
  return url.origin === HERE ? url.pathname + url.search + url.hash : '/';
}
