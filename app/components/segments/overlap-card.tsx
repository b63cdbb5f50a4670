/** Which other segments the members are in, and how much of each they are. */
import { Link } from '@remix-run/react';
import { useFormats } from '../../format/use-formats.tsx';
import { Bar } from '../ui/bar.tsx';
import { Card } from '../ui/card.tsx';

export interface ListedOverlap {
  id: string;
  name: string;
  members: number;
  both: number;
}

/** Beside the segment itself. */
const COMPARED_WITH = 4;

export function OverlapCard({ segmentId, members, overlaps }: { segmentId: string; members: number; overlaps: readonly ListedOverlap[] }) {
  const { count, percent } = useFormats();
  const compare = (others: readonly ListedOverlap[]): string => `/segments/compare?${new URLSearchParams([segmentId, ...others.map(({ id }) => id)].map((id) => ['with', id])).toString()}`;
  return (
    <Card
      title="Overlap" note="Other segments that its members are in"
      actions={overlaps.length > 1 ? <Link to={compare(overlaps.slice(0, COMPARED_WITH))} aria-label="Compare with those that share most" className="shrink-0 text-13 underline underline-offset-2">Compare them</Link> : undefined}
    >
      {overlaps.length === 0 ? <p className="text-13 text-muted">With none of your other segments.</p> : (
        <ul className="flex flex-col">
          {overlaps.map((one) => (
            <li key={one.id} className="border-t border-line pb-2 first:border-t-0">
              <Link to={`/segments/${one.id}`} className="figures -mx-2 block rounded-control px-2 pt-2 pb-1 transition-colors hover:bg-sunken">
                <span className="flex items-baseline justify-between gap-3"><span className="truncate">{one.name}</span><span className="shrink-0 font-strong">{count(one.both)}</span></span>
                <Bar share={members === 0 ? 0 : one.both / members} className="mt-1 h-1" />
                <span className="mt-0.5 block text-12 text-muted">{percent(members === 0 ? 0 : Math.min(1, one.both / members))} of this segment, {percent(one.members === 0 ? 0 : Math.min(1, one.both / one.members))} of that one</span>
              </Link>
              <Link to={compare([one])} aria-label={`Compare with ${one.name}`} className="text-12 text-muted underline underline-offset-2 hover:text-ink">Side by side</Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
