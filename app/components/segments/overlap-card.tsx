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

export function OverlapCard({ members, overlaps }: { members: number; overlaps: readonly ListedOverlap[] }) {
  const { count, percent } = useFormats();
  return (
    <Card title="Overlap" note="Other segments that its members are in">
      {overlaps.length === 0 ? <p className="text-13 text-muted">With none of your other segments.</p> : (
        <ul className="flex flex-col">
          {overlaps.map((one) => (
            <li key={one.id} className="border-t border-line first:border-t-0">
              <Link to={`/segments/${one.id}`} className="figures -mx-2 block rounded-control px-2 py-2 transition-colors hover:bg-sunken">
                <span className="flex items-baseline justify-between gap-3"><span className="truncate">{one.name}</span><span className="shrink-0 font-strong">{count(one.both)}</span></span>
                <Bar share={members === 0 ? 0 : one.both / members} className="mt-1 h-1" />
                <span className="mt-0.5 block text-12 text-muted">{percent(members === 0 ? 0 : Math.min(1, one.both / members))} of this segment, {percent(one.members === 0 ? 0 : Math.min(1, one.both / one.members))} of that one</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
