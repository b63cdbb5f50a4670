/** Cohorts: how customers of each first month came back, and what they brought. */
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData, useSearchParams } from '@remix-run/react';
import { minorDigits } from '#core/commerce/money';
import type { CohortProjectionView, CohortsView } from '#operations/dashboard-views';
import { PROJECTED_AGE } from '#operations/cohort-projection';
import { getCohorts } from '#operations/cohorts';
import { requireContext } from '../context.server.ts';
import { download, toCsv } from '../components/charts/csv.ts';
import { CohortGrid } from '../components/cohorts/cohort-grid.tsx';
import { ProjectionGrid, ProjectionWords } from '../components/cohorts/projection-grid.tsx';
import { cellValue, MEASURES, measureMeaning, measureName, measureOf } from '../components/cohorts/measure.ts';
import { useRevalidateOnChange } from '../components/dashboard/use-live-dashboard.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { Button, ButtonLink } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { Segmented } from '../components/ui/segmented.tsx';
import { useFormats } from '../format/use-formats.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Cohorts · Perennial' }];

/** Not one of the triangle's measures: what a customer brings in all, carried on. */
const VALUE = 'value';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const isValue = new URL(args.request.url).searchParams.get('measure') === VALUE;
  return answer(args, () => getCohorts(ctx, { projectTo: isValue ? PROJECTED_AGE : null }));
}

export default function CohortsPage() {
  const view = useLoaderData<typeof loader>();
  const [parameters] = useSearchParams();
  const { day, percent } = useFormats();
  useRevalidateOnChange();
  const measure = measureOf(parameters.get('measure'));
  const finding = secondMonth(view.cohorts);
  if (view.cohorts.length === 0) {
    return (
      <Page title="Cohorts">
        <Card>
          <EmptyState title="No cohorts yet" action={<ButtonLink to="/import" look="primary">Import an order file</ButtonLink>}>
            Each month's first-time buyers become a row, once there are orders.
          </EmptyState>
        </Card>
      </Page>
    );
  }
  return (
    <Page
      wide
      title="Cohorts"
      lead={view.projection ? `What a customer of each first month has brought by each month after it, and is likely to bring, as of ${day(view.asOf)}.` : `${finding === null ? '' : `${percent(finding)} come back in the month after their first. `}${measureMeaning(measure)}, as of ${day(view.asOf)}.`}
      actions={
        <div className="flex max-w-full flex-wrap items-center gap-2">
          <Segmented
            label="Measure"
            options={MEASURES.map((option) => ({
              to: option === 'retention' ? '/cohorts' : `/cohorts?measure=${option}`, label: measureName(option), description: measureMeaning(option), current: view.projection === null && option === measure,
            })).concat({ to: `/cohorts?measure=${VALUE}`, label: 'Lifetime value', description: 'Net revenue per customer so far and projected', current: view.projection !== null })}
          />
          <Button small onClick={() => download(`cohorts-${view.projection ? VALUE : measure}.csv`, new Blob([view.projection ? projectionCsv(view.projection, view.currency) : cohortCsv(view)], { type: 'text/csv' }))}>CSV</Button>
        </div>
      }
    >
      {view.projection ? (
        <>
          <ProjectionGrid projection={view.projection} />
          <ProjectionWords projection={view.projection} asOf={view.asOf} />
        </>
      ) : (
        <>
          <CohortGrid cohorts={view.cohorts} measure={measure} />
          <p className="text-13 text-muted">Columns count months after the first purchase. Figures in italics, dotted below, are of the month that is still running and will grow. Move with the arrow keys; choose a row's month to see its customers.</p>
        </>
      )}
    </Page>
  );
}

/** Share of all customers with a finished second month who bought in it. */
function secondMonth(cohorts: CohortsView['cohorts']): number | null {
  let size = 0;
  let back = 0;
  for (const cohort of cohorts) {
    const cell = cohort.cells.find(({ offset }) => offset === 1);
    if (!cell?.complete) continue;
    size += cohort.size;
    back += cell.customers;
  }
  return size === 0 ? null : back / size;
}

/** One line a cohort and age. */
function projectionCsv({ cohorts, age }: CohortProjectionView, currency: string): string {
  const scale = 10 ** minorDigits(currency);
  return toCsv(
    ['first_month', 'customers', 'months_after', `net_per_customer_${currency}`, 'projected', 'low_80', 'high_80'],
    cohorts.flatMap(({ month, size, seen, path, low, high }) => path.map((value, at) => [
      month, size, at, value / scale, String(at >= seen), ...(at === age ? [low / scale, high / scale] : ['', '']),
    ])),
  );
}

/** One line a cell, with every measure. */
function cohortCsv({ cohorts, currency }: CohortsView): string {
  const scale = 10 ** minorDigits(currency);
  return toCsv(
    ['first_month', 'customers_at_first', 'months_after', 'month', 'customers', 'orders', `net_${currency}`, 'retention', `net_per_customer_${currency}`, 'month_finished'],
    cohorts.flatMap((cohort) => cohort.cells.map((cell) => [
      cohort.month, cohort.size, cell.offset, cell.month, cell.customers, cell.orders, cell.net / scale,
      Number(cellValue(cell, cohort.size, 'retention').toFixed(6)), Number((cellValue(cell, cohort.size, 'per-customer') / scale).toFixed(4)), String(cell.complete),
    ])),
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
