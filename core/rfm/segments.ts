/** Names for the recency × frequency grid: the usual ten, read in order. */

/** Patterns over the R then the F digit; the first that matches names the cell. */
const RFM_SEGMENTS = [
  ['hibernating', /^[1-2][1-2]$/],
  ['at_risk', /^[1-2][3-4]$/],
  ['cant_lose', /^[1-2]5$/],
  ['about_to_sleep', /^3[1-2]$/],
  ['need_attention', /^33$/],
  ['loyal', /^[3-4][4-5]$/],
  ['promising', /^41$/],
  ['new', /^51$/],
  ['potential_loyalist', /^[4-5][2-3]$/],
  ['champions', /^5[4-5]$/],
] as const;

export type RfmSegment = (typeof RFM_SEGMENTS)[number][0];

const grid = new Map<number, RfmSegment>();
for (let r = 1; r <= 5; r++) {
  for (let f = 1; f <= 5; f++) {
    const found = RFM_SEGMENTS.find(([, pattern]) => pattern.test(`${r}${f}`));
    if (found) grid.set(r * 10 + f, found[0]);
  }
}

/** Segment of scores 1–5. @throws RangeError outside the grid. */
export function rfmSegment(r: number, f: number): RfmSegment {
  const segment = grid.get(r * 10 + f);
  if (!segment) throw new RangeError(`No segment for R ${r}, F ${f}`);
  return segment;
}

/** Cells of the segment that is called so, as 10 r + f; none where no segment is. */
export function cellsOf(name: string): number[] {
  return [...grid].filter(([, segment]) => segment === name).map(([cell]) => cell);
}
