/** Segments that refer to one another: a circle has no first one to begin with. */

/**
 * The first circle that leads from `start` back to a segment on the way: the ids in order, the last being the one it
 * closes on. Null where there is none.
 * @param refersTo ids of the segments that a segment's filter names (`readsOf(filter).segments`); unknown ones refer to nothing
 */
export function findCycle(start: string, refersTo: (id: string) => Iterable<string>): string[] | null {
  const done = new Set<string>(), path: string[] = [];
  const visit = (id: string): string[] | null => {
    const at = path.indexOf(id);
    if (at >= 0) return [...path.slice(at), id];
    if (done.has(id)) return null;
    path.push(id);
    for (const next of refersTo(id)) {
      const found = visit(next);
      if (found) return found;
    }
    path.pop();
    done.add(id);
    return null;
  };
  return visit(start);
}

/** Every segment after those it refers to, so that each is worked out once. @throws RangeError on a circle */
export function inOrder(ids: readonly string[], refersTo: (id: string) => Iterable<string>): string[] {
  const ordered: string[] = [], done = new Set<string>(), known = new Set(ids);
  const visit = (id: string, way: readonly string[]): void => {
    if (done.has(id) || !known.has(id)) return;
    if (way.includes(id)) throw new RangeError(`Segments refer to one another in a circle: ${[...way, id].join(' → ')}`);
    for (const next of refersTo(id)) visit(next, [...way, id]);
    done.add(id);
    ordered.push(id);
  };
  for (const id of ids) visit(id, []);
  return ordered;
}
