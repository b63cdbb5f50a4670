/** What no answer may hold: our insides, or anybody's secrets. */

const INSIDES: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a stack', /\n\s+at |\bat [\w.<>]+ \((?:file:|\/|node:)/],
  ['a path of ours', /node_modules|\/tmp\/|\/home\/|\/worker\/(?:data|operations|api)|\.ts:\d+/],
  ['SQL', /\bselect\b[^"<]{1,200}\bfrom\b\s+(?:"|\w+\s+where)|insert into \w|update \w+ set |relation "|column "\w+" |constraint "|violates|syntax error at|SQLSTATE|invalid input syntax|byte sequence|pg_catalog/i],
  ['the name of a part', /\bNeonDbError\b|\bZodError\b|\bTypeError\b|\bRangeError\b|\bSyntaxError\b|\bDrizzle|postgres(?:ql)?:\/\/|app_user|Cannot read propert|is not a function|Maximum call stack/],
];

/** @param sent what the request said itself: an echo of it is no leak. */
export function leakIn(body: string, secrets: readonly string[], sent: string): string | null {
  for (const secret of secrets) if (secret.length > 8 && body.includes(secret)) return 'a secret';
  for (const [what, pattern] of INSIDES) {
    const found = pattern.exec(body)?.[0];
    if (found !== undefined && !sent.includes(found)) return `${what}: ${found.slice(0, 120)}`;
  }
  return null;
}
