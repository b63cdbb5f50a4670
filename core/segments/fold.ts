/** Case, folded in the same way in memory and in Postgres: neither side's own idea of a locale takes part. */

/** Letters beyond ASCII that have one small letter, up to the end of Cyrillic. */
const pairs: [large: string, small: string][] = [];
for (let code = 0x80; code < 0x530; code++) {
  const large = String.fromCharCode(code), small = large.toLowerCase();
  if (small !== large && small.length === 1 && small.toUpperCase() === large) pairs.push([large, small]);
}
const smallOf = new Map(pairs);

/** For `translate(text, FOLD_FROM, FOLD_TO)`, on top of ASCII. */
export const FOLD_FROM = pairs.map(([large]) => large).join('');
export const FOLD_TO = pairs.map(([, small]) => small).join('');

/** How texts are compared: "Web" and "web" are one channel. */
export function fold(text: string): string {
  return text.replace(/[A-Z\u0080-\u052f]/g, (letter) => (letter <= 'Z' ? String.fromCharCode(letter.charCodeAt(0) + 32) : (smallOf.get(letter) ?? letter)));
}
