/** How many customers are in each of the largest segments; the socket moves the figures. */
import { Link } from '@remix-run/react';
import { useFormats } from '../../format/use-formats.tsx';
import { useLiveState } from '../layout/live-provider.tsx';
import { Card } from '../ui/card.tsx';
import { LiveFigure } from '../ui/live-figure.tsx';

interface SizedSegment {
  id: string;
  name: string;
  members: number;
}

const SHOWN = 8;

export function SegmentSizes({ segments }: { segments: readonly SizedSegment[] }) {
  const { count } = useFormats();
  const { segmentCounts } = useLiveState();
  if (segments.length === 0) return null;
  // In the order of the page's load: rows that change places under the eye cannot be read.
  const largest = segments.toSorted((a, b) => b.members - a.members || (a.name < b.name ? -1 : 1)).slice(0, SHOWN);
  return (
    <Card title="Segments" note="Customers in your largest segments" actions={<Link to="/segments" className="text-13 text-muted underline underline-offset-2 hover:text-ink">All {count(segments.length)}</Link>}>
      <ul className="grid gap-x-6 sm:grid-cols-2 lg:grid-cols-4">
        {largest.map((one) => (
          <li key={one.id} className="min-w-0">
            <Link to={`/segments/${one.id}`} className="figures -mx-2 flex items-baseline justify-between gap-3 rounded-control px-2 py-2 transition-colors hover:bg-sunken">
              <span className="truncate text-muted">{one.name}</span>
              <LiveFigure className="font-strong">{count(segmentCounts[one.id] ?? one.members)}</LiveFigure>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
