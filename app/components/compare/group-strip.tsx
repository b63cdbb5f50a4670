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
  const at = (value: number): number => Math.min(98, Math.max(2, ((value - from) / (to - from)) * 100));
  return (
    <div>
      <svg aria-hidden className="block h-3 w-full min-w-40 overflow-visible rounded-full bg-sunken">
        <rect x={`${at(group.p25)}%`} width={`${at(group.p75) - at(group.p25)}%`} height={12} rx={6} className="fill-accent/20" />
        <rect x={`${at(group.p50)}%`} width={2} height={12} transform="translate(-1)" className="fill-accent" />
        <circle cx={`${at(now)}%`} cy={6} r={5} strokeWidth={2} className="fill-ink stroke-surface" />
      </svg>
      <p className="mt-1 text-12 text-muted">{words(props)}: half of about {group.shops} shops lie between {write(group.p25)} and {write(group.p75)}</p>
    </div>
  );
}
