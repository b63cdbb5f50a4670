/** Names of payments: which of them a batch says are one. */

/**
 * Numbers the names so that names share a group exactly if the lists connect them, directly or by way of others.
 * @param lists each the names of one payment
 * @returns every name once
 */
export function groupNames(lists: readonly (readonly string[])[]): { name: string; group: number }[] {
  const parent = lists.map((_, n) => n);
  const find = (n: number): number => {
    let at = n;
    for (let up = parent[at] ?? at; up !== at; up = parent[at] ?? at) {
      parent[at] = parent[up] ?? up;
      at = up;
    }
    return at;
  };
  const first = new Map<string, number>();
  lists.forEach((names, n) => {
    for (const name of names) {
      const known = first.get(name);
      if (known === undefined) first.set(name, n);
      else parent[find(n)] = find(known);
    }
  });
  return [...first].map(([name, n]) => ({ name, group: find(n) }));
}
