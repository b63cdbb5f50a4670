/** Stretches of days on which a detail that orders usually have was missing. */

export interface DayShare {
  /** Day number. */
  day: number;
  total: number;
  having: number;
}

export interface Gap {
  from: number;
  through: number;
  /** Orders of the stretch, and those without the detail. */
  orders: number;
  missing: number;
  /** Share of orders that have it otherwise. */
  usual: number;
}

/** Below this the detail is simply not kept, and nothing is "missing". */
const KEPT = 0.5;
/** A stretch must be this many times likelier under "the detail is broken" than under "as usual", as a logarithm. */
const EVIDENCE = 16;
/** Share of orders that still have the detail while it is broken. */
const BROKEN = 0.05;
const MOST = 10;

/** @param days oldest first. The heaviest stretches, oldest first. */
export function findGaps(days: readonly DayShare[]): Gap[] {
  const usual = usualShare(days);
  if (usual === null || usual < KEPT) return [];
  const present = Math.min(usual, 0.995);
  // Broken at worst by half: a detail that only a third of the orders lack is a habit, not an outage.
  const [ifHaving, ifMissing] = [Math.log(BROKEN / present), Math.log((1 - BROKEN) / (1 - present))];
  const gaps: Gap[] = [];
  let start = 0, score = 0, best = 0, end = -1;
  const close = (): void => {
    if (best >= EVIDENCE) gaps.push(describe(days.slice(start, end + 1), usual));
    [score, best, end] = [0, 0, -1];
  };
  days.forEach(({ total, having }, n) => {
    if (score === 0) start = n;
    score = Math.max(0, score + having * ifHaving + (total - having) * ifMissing);
    if (score > best) [best, end] = [score, n];
    // The stretch has ended once as much speaks against it as made it.
    if (score === 0 || best - score > EVIDENCE) close();
  });
  close();
  return gaps.sort((a, b) => b.missing - a.missing).slice(0, MOST).sort((a, b) => a.from - b.from);
}

function describe(days: readonly DayShare[], usual: number): Gap {
  const orders = days.reduce((sum, d) => sum + d.total, 0);
  return {
    from: days[0]?.day ?? 0, through: days.at(-1)?.day ?? 0, orders, missing: orders - days.reduce((sum, d) => sum + d.having, 0), usual,
  };
}

/** The middle of the weekly shares: an outage of weeks does not move it. */
function usualShare(days: readonly DayShare[]): number | null {
  const weeks = new Map<number, { total: number; having: number }>();
  for (const { day, total, having } of days) {
    const week = Math.floor(day / 7);
    const known = weeks.get(week) ?? { total: 0, having: 0 };
    weeks.set(week, { total: known.total + total, having: known.having + having });
  }
  const shares = [...weeks.values()].filter((w) => w.total > 0).map((w) => w.having / w.total).sort((a, b) => a - b);
  return shares[Math.floor(shares.length / 2)] ?? null;
}
