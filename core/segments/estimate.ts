/** A count reckoned up from a part of the customers. */

export interface Estimate {
  count: number;
  /** In 95 of 100 such parts the count of everybody lies between these, both included. */
  low: number;
  high: number;
}

/** 97.5 % of a normal distribution. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval (1927) of a share, its width narrowed because the part is drawn without putting back, of as many as
 * there are. Never less than were seen, nor more than those leave who were seen not to match.
 * @param matched of `looked` at; whole numbers, `all` is at least `looked`
 */
export function reckonUp(matched: number, looked: number, all: number): Estimate {
  if (looked === 0) return { count: 0, low: 0, high: all };
  const share = matched / looked;
  const unseen = all <= 1 ? 0 : (all - looked) / (all - 1);
  const z2 = Z * Z * unseen, scale = 1 + z2 / looked;
  const middle = (share + z2 / (2 * looked)) / scale;
  const half = (Math.sqrt(z2 * (share * (1 - share) / looked + z2 / (4 * looked * looked)))) / scale;
  const count = Math.round(share * all);
  return {
    count,
    low: Math.min(count, Math.max(matched, Math.floor((middle - half) * all))),
    high: Math.max(count, Math.min(all - (looked - matched), Math.ceil((middle + half) * all))),
  };
}
