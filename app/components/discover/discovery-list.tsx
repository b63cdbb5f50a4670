/** What was looked for before; the last twenty are kept. */
import { Link } from '@remix-run/react';
import type { DiscoverySummary } from '#operations/discovery-views';
import { useFormats } from '../../format/use-formats.tsx';
import { customersWords } from '../../format/words.ts';
import { Card } from '../ui/card.tsx';
import { featureLabel, methodName } from './words.ts';

function stateWords({ state, clusters, progress }: DiscoverySummary, percent: (share: number) => string): string {
  switch (state) {
    case 'waiting': return 'Waiting to start';
    case 'running': return `${percent(progress)} done`;
    case 'done': return clusters === 1 ? '1 group' : `${String(clusters ?? 0)} groups`;
    case 'cancelled': return 'Stopped';
    case 'failed': return 'Failed';
  }
}

export function DiscoveryList({ rows }: { rows: readonly DiscoverySummary[] }) {
  const { time, percent, count } = useFormats();
  return (
    <Card flush title="Found before" note="The last twenty are kept. Segments made of them stay.">
      {rows.length === 0 ? <p className="border-t border-line px-5 py-6 text-muted">Nothing yet.</p> : (
        <ul className="border-t border-line">
          {rows.map((row) => (
            <li key={row.id} className="relative flex flex-wrap items-baseline justify-between gap-x-4 border-b border-line px-5 py-2.5 last:border-b-0 hover:bg-sunken">
              <div className="min-w-0">
                <Link to={`/discover/${row.id}`} className="font-strong after:absolute after:inset-0">{stateWords(row, percent)}{row.customers !== null && ` among ${customersWords(row.customers, count)}`}</Link>
                <p className="text-13 text-muted">{methodName(row.request.method)} by {row.request.features.map((name) => featureLabel(name).toLowerCase()).join(', ')}{row.request.within === undefined ? '' : 'segment' in row.request.within ? ', inside a segment' : ', inside a group'}</p>
              </div>
              <p className="text-13 whitespace-nowrap text-muted">{time(row.createdAt)}</p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
