/** Earlier days to forecast from, so that what came can be compared: never the last window alone. */

export interface Origin {
  /** Last day number the fit may see. */
  calibrationEnd: number;
  /** Days forecast from there, all of them in the past. */
  horizonDays: number;
}

/** A window shorter than this, or a fit on less, says more about chance than about a model. */
const LEAST_WINDOW = 14;
const LEAST_FIT = 30;

/**
 * Up to `wanted` origins, latest first, between `firstDay` and `lastDay` (day numbers): windows of `longest` days, at most a third
 * of the history, each origin leaving at least a third of it to fit on. Fewer, or none, when the history is too short.
 */
export function rollingOrigins(firstDay: number, lastDay: number, wanted: number, longest: number): Origin[] {
  const span = lastDay - firstDay;
  const horizonDays = Math.min(Math.floor(longest), Math.floor(span / 3));
  const latest = lastDay - horizonDays;
  const earliest = firstDay + Math.max(LEAST_FIT, Math.ceil(span / 3));
  if (horizonDays < LEAST_WINDOW || latest < earliest || wanted < 1) return [];
  const step = wanted > 1 ? Math.max(1, Math.floor((latest - earliest) / (wanted - 1))) : 0;
  const origins: Origin[] = [];
  for (let i = 0; i < wanted && latest - i * step >= earliest; i++) origins.push({ calibrationEnd: latest - i * step, horizonDays });
  return origins;
}
