/** Where a shop stands in its group: the middle half as a band, the median as a line, the shop as a dot; and in words. */
import type { BenchmarkRow } from '#operations/benchmarks';

interface GroupStripProps {
  now: number;
  group: NonNullable<BenchmarkRow['group']>;
  write: (value: number) => string;
}

function words({ now, group }: GroupStripProps): string {
  if (now < group.p25) return 'In the lowest quarter';
  if (now > group.p75) return 'In the highest quarter';
  return now >= group.p50 ? 'In the middle, upper half' : 'In the middle, lower half';
}

export function GroupStrip(props: GroupStripProps) {
  const { now, group, write } = props;
  // Twice the middle half on either side of it; what lies beyond stands at the edge.
  const reach = Math.max(group.p75 - group.p25, Math.abs(group.p50) * 0.05, Number.EPSILON) * 1.5;
  const from = group.p25 - reach, to = group.p75 + reach;
  const at = (value: number): string => `${Math.min(98, Math.max(2, ((value - from) / (to - from)) * 100)).toFixed(1)}%`;
  return (
    <div>
      <div aria-hidden className="relative h-3 w-full min-w-40 rounded-full bg-sunken">
        <div className="absolute inset-y-0 rounded-full bg-accent/20" style={{ left: at(group.p25), right: `calc(100% - ${at(group.p75)})` }} />
        <div className="absolute inset-y-0 w-0.5 -translate-x-1/2 bg-accent" style={{ left: at(group.p50) }} />
        <div className="absolute top-1/2 size-3 -translate-x-1/2 -translate-y-1/2 rounded-full border-2 border-surface bg-ink" style={{ left: at(now) }} />
      </div>
      <p className="mt-1 text-12 text-muted">{words(props)}: half of about {group.shops} shops lie between {write(group.p25)} and {write(group.p75)}</p>
    </div>
  );
}
