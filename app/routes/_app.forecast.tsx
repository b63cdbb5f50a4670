/** What is to come: revenue or orders, with how sure that is and why. */
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { MEASURES, type Measure } from '#core/forecast/choose';
import { PERIODS, type PeriodKind } from '#core/forecast/series';
import { getForecast } from '#operations/forecast';
import { requireContext } from '../context.server.ts';
import { ForecastChart } from '../components/forecast/forecast-chart.tsx';
import { trustPoints } from '../components/forecast/forecast-words.ts';
import { WaysTable } from '../components/forecast/ways-table.tsx';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { ButtonLink } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { Segmented } from '../components/ui/segmented.tsx';
import { useFormats } from '../format/use-formats.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Forecast · Perennial' }];

const PAST: Readonly<Record<PeriodKind, number>> = { day: 56, week: 78, month: 36 };

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const asked = new URL(args.request.url).searchParams;
  const measure = MEASURES.find((name) => name === asked.get('measure')) ?? 'revenue';
  const by = PERIODS.find((name) => name === asked.get('by')) ?? 'month';
  return answer(args, () => getForecast(ctx, { measure, by }));
}

const address = (measure: Measure, by: PeriodKind): string => `/forecast?measure=${measure}&by=${by}`;

export default function ForecastPage() {
  const view = useLoaderData<typeof loader>();
  const formats = useFormats();
  const { measure, by } = view;
  if (view.history.length === 0 && view.periods.every(({ soFar }) => soFar === null)) {
    return (
      <Page title="Forecast">
        <Card>
          <EmptyState title="Nothing to foresee from yet" action={<ButtonLink to="/import" look="primary">Import an order file</ButtonLink>}>
            From the first days of orders on there is a forecast; it is tested against your own past from the fourth whole month on.
          </EmptyState>
        </Card>
      </Page>
    );
  }
  return (
    <Page
      title="Forecast"
      lead={`${measure === 'revenue' ? 'Net revenue' : 'Orders'} to come, from all that happened up to ${formats.day(view.asOf)}. The figures in brackets are 80% likely to hold what comes.`}
      actions={
        <div className="flex max-w-full flex-wrap items-center gap-2">
          <Segmented label="Measure" options={MEASURES.map((one) => ({ to: address(one, by), label: one === 'revenue' ? 'Revenue' : 'Orders', current: one === measure }))} />
          <Segmented label="Period" options={PERIODS.map((one) => ({ to: address(measure, one), label: one === 'day' ? 'Days' : one === 'week' ? 'Weeks' : 'Months', current: one === by }))} />
        </div>
      }
    >
      <ForecastChart view={view} past={PAST[by]} note={`By ${by}${measure === 'revenue' ? `, in ${view.currency}` : ''}`} height="min-h-80" />
      <div className="grid gap-4 lg:grid-cols-2">
        <Card title="How far to trust it" note={`Worked out ${formats.time(view.madeAt)}`}>
          <ul className="flex flex-col gap-1.5 text-14">
            {trustPoints(view, formats).map((point) => <li key={point} className="flex gap-2"><span aria-hidden className="text-muted">–</span><span>{point}</span></li>)}
          </ul>
        </Card>
        <WaysTable view={view} />
      </div>
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
