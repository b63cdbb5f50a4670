/** A small line without axes: the shape of the last 90 days. */
const WIDTH = 120;
const HEIGHT = 28;

/** @param values oldest first; null leaves a gap out of the line */
export function SparkLine({ values }: { values: (number | null)[] }) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return <div aria-hidden className="h-7" />;
  const low = Math.min(0, ...known);
  const span = Math.max(...known) - low || 1;
  const points = values.flatMap((value, index) =>
    value === null ? [] : [`${((index / (values.length - 1)) * WIDTH).toFixed(1)},${(HEIGHT - 1 - ((value - low) / span) * (HEIGHT - 3)).toFixed(1)}`],
  );
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden className="h-7 w-full">
      <polygon points={`0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} className="fill-series-1 opacity-12" />
      <polyline points={points.join(' ')} fill="none" vectorEffect="non-scaling-stroke" className="stroke-series-1" strokeWidth={1.25} strokeLinejoin="round" />
    </svg>
  );
}

/** Means over the last `width` values: for ratios that jump from day to day. */
export function smoothed(values: (number | null)[], width: number): (number | null)[] {
  return values.map((_, index) => {
    const known = values.slice(Math.max(0, index - width + 1), index + 1).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}
