/** Where customers lie on the two widest axes of their features, each group with a colour and a shape. */
import { lazy, Suspense, useMemo } from 'react';
import type { DiscoveryResult } from '#operations/discovery-views';
import { useFormats } from '../../format/use-formats.tsx';
import { customersWords } from '../../format/words.ts';
import { useChartColors } from '../charts/chart-colors.ts';
import { Card } from '../ui/card.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { ClusterSign } from './cluster-sign.tsx';
import { axisWords, silhouetteWords } from './words.ts';

const Scatter = lazy(() => import('./scatter.tsx'));

export function MapCard({ result, customers }: { result: DiscoveryResult; customers: number }) {
  const { count, percent } = useFormats();
  const colors = useChartColors();
  const groups = useMemo(() => [...result.clusters.map(({ label, name }) => ({ label, name })), ...(result.noise > 0 ? [{ label: -1, name: 'In no group' }] : [])]
    .map((group) => ({ ...group, points: result.points.filter(({ label }) => label === group.label).map(({ x, y }) => ({ x, y })) })), [result]);
  const [x, y] = result.axes;
  if (x === undefined) return null;
  const explained = x.explained + (y?.explained ?? 0);
  const drawn = result.points.length < customers ? `A sample of ${customersWords(result.points.length, count)}` : `All ${customersWords(customers, count)}`;
  return (
    <Card title={silhouetteWords(result.silhouette)} note={`${drawn} on a flat map that keeps ${percent(explained)} of how they differ.`}>
      <div role="img" aria-label={`Map of ${customersWords(result.points.length, count)} in ${count(result.clusters.length)} groups; the table below tells how they differ.`} className="relative h-80 sm:h-96">
        <div className="absolute inset-0">
          {colors === null ? <Skeleton className="size-full" /> : (
            <Suspense fallback={<Skeleton className="size-full" />}>
              <Scatter groups={groups} colors={colors} />
            </Suspense>
          )}
        </div>
      </div>
      <p aria-hidden className="mt-2 text-12 text-muted">To the right: {axisWords(x.loadings, result.features)}.{y !== undefined && ` Upwards: ${axisWords(y.loadings, result.features)}.`}</p>
      <ul aria-hidden className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-12 text-muted">
        {groups.map(({ label, name }) => <li key={label} className="flex items-center gap-1.5"><ClusterSign label={label} />{name}</li>)}
      </ul>
    </Card>
  );
}
