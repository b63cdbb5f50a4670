/** The dashboard: what was sold, what customers are worth, and how far to trust it; live. */
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { getDashboard } from '#operations/dashboard';
import { getForecast } from '#operations/forecast';
import { listSegments } from '#operations/segments';
import { requireContext } from '../context.server.ts';
import { KpiTiles } from '../components/dashboard/kpi-tiles.tsx';
import { MonthsAhead } from '../components/dashboard/months-ahead.tsx';
import { RevenueTrend } from '../components/dashboard/revenue-trend.tsx';
import { RfmGrid } from '../components/dashboard/rfm-grid.tsx';
import { SegmentSizes } from '../components/dashboard/segment-sizes.tsx';
import { StageList } from '../components/dashboard/stage-list.tsx';
import { TopCustomers } from '../components/dashboard/top-customers.tsx';
import { TrustNotes } from '../components/dashboard/trust-notes.tsx';
import { useLiveRows, useLiveSnapshot, useRevalidateOnChange } from '../components/dashboard/use-live-dashboard.ts';
import { ValueByCohort } from '../components/dashboard/value-by-cohort.tsx';
import { figuresOf, liveTrend } from '../components/dashboard/window.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { RangePicker, rangeOf } from '../components/layout/range-picker.tsx';
import { ButtonLink } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { Notice } from '../components/ui/notice.tsx';

export const meta: MetaFunction = () => [{ title: 'Dashboard · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const [dashboard, ahead, segments] = await Promise.all([
    getDashboard(ctx, { range: rangeOf(new URL(args.request.url).searchParams.get('range')) }), getForecast(ctx, { measure: 'revenue', by: 'month', periods: 6 }), listSegments(ctx),
  ]);
  return { ...dashboard, ahead, segments: segments.map(({ id, name, members }) => ({ id, name, members })) };
}

export default function DashboardPage() {
  const { company, snapshot: loaded, range, bucket, trend, valueByCohort, topCustomers, coverage, model, empty, ahead, segments } = useLoaderData<typeof loader>();
  const snapshot = useLiveSnapshot(loaded);
  const rows = useLiveRows(topCustomers);
  useRevalidateOnChange();
  if (empty && snapshot.value.customers === 0) return <EmptyShop />;
  const points = liveTrend(trend, bucket, snapshot);
  return (
    <Page title="Dashboard" actions={<div className="max-w-full md:hidden"><RangePicker /></div>}>
      {!snapshot.ready && <Notice role="status">Your figures are being counted afresh. What you see is the last complete count; it is replaced by itself in a moment.</Notice>}
      <KpiTiles snapshot={snapshot} range={range} trend={points} company={company} />
      <div className="grid gap-4 lg:grid-cols-2">
        <RevenueTrend points={points} bucket={bucket} range={range} figures={figuresOf(snapshot, range, points)} />
        <MonthsAhead view={ahead} />
        <div className="grid lg:col-span-2"><ValueByCohort cohorts={valueByCohort} horizonDays={snapshot.horizonDays} /></div>
        <RfmGrid cells={snapshot.cells} />
        <StageList stages={snapshot.stages} />
      </div>
      <SegmentSizes segments={segments} />
      <TopCustomers rows={rows} horizonDays={snapshot.horizonDays} />
      <TrustNotes model={model} coverage={coverage} expected={snapshot.value.predictedValue} />
    </Page>
  );
}

function EmptyShop() {
  return (
    <Page title="Dashboard">
      <Card>
        <EmptyState
          title="No orders yet"
          action={<><ButtonLink to="/import" look="primary">Import an order file</ButtonLink><ButtonLink to="/integrations">Connect a shop</ButtonLink></>}
          learn="About 50 customers over 60 days are enough for a first forecast with an honest, wide interval."
        >
          Bring your past orders as a file, or connect your shop and every new order appears here within a second.
        </EmptyState>
      </Card>
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
