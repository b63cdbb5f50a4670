/** RFM: how lately, how often and for how much customers buy; their groups, and how they move between them. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';
import { AppError } from '#core/errors';
import { getCompany, updateCompany } from '#operations/company';
import type { RfmView } from '#operations/dashboard-views';
import { isAllowed } from '#operations/permissions';
import { getRfm } from '#operations/rfm';
import { getRfmMigration } from '#operations/rfm-migration';
import { requireContext } from '../context.server.ts';
import { useRevalidateOnChange } from '../components/dashboard/use-live-dashboard.ts';
import { refused, saved } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { GroupTable } from '../components/rfm/group-table.tsx';
import { MEASURES, measureMeaning, measureName, measureOf, sumOf, valueOf } from '../components/rfm/measure.ts';
import { MigrationCard } from '../components/rfm/migration-card.tsx';
import { RfmHeatMap } from '../components/rfm/rfm-heat-map.tsx';
import { ThresholdsCard } from '../components/rfm/thresholds-card.tsx';
import { readThresholds, THRESHOLD_FIELDS, thresholdErrors } from '../components/rfm/thresholds-form.ts';
import { ButtonLink } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { Segmented } from '../components/ui/segmented.tsx';
import { readForm } from '../form.server.ts';
import { useFormats } from '../format/use-formats.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'RFM · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const asked = new URL(args.request.url).searchParams;
  return answer(args, async () => {
    const [rfm, company] = await Promise.all([getRfm(ctx), getCompany(ctx)]);
    const days = { from: asked.get('from') ?? undefined, to: asked.get('to') ?? undefined };
    let errors: Record<string, string> = {};
    const migration = await getRfmMigration(ctx, days).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'invalid_input') throw error;
      errors = refused(error).errors;
      return getRfmMigration(ctx, {});
    });
    const { pending, currency } = company;
    return { rfm, migration, errors, currency, thresholds: pending.rfm ?? company.rfm, pending: pending.rfm !== undefined, mayChange: isAllowed(ctx.actor, 'company:write') };
  });
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const form = await readForm(args, ['intent', ...THRESHOLD_FIELDS]);
  try {
    const { currency } = await getCompany(ctx);
    const thresholds = readThresholds(form, currency);
    if (!thresholds.success) return { ok: false, message: 'These thresholds cannot be used; see beside them.', errors: thresholdErrors(thresholds.error) };
    const { rebuild } = await updateCompany(ctx, { rfm: thresholds.data });
    return saved(rebuild === null ? 'That is how scores are cut already.' : 'Saved. Every customer is being scored by it; the former scores serve until that is done.');
  } catch (error) {
    return refused(error);
  }
}

export default function RfmPage() {
  const { rfm, migration, errors, currency, thresholds, pending, mayChange } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const navigation = useNavigation();
  const [parameters] = useSearchParams();
  const { day } = useFormats();
  useRevalidateOnChange();
  const measure = measureOf(parameters.get('measure'));
  const title = 'Recency, frequency, value';
  if (rfm.cells.length === 0) {
    return (
      <Page title={title}>
        <Card>
          <EmptyState title="No scores yet" action={<ButtonLink to="/import" look="primary">Import an order file</ButtonLink>}>
            Customers are scored by how lately, how often and for how much they bought, once there are orders.
          </EmptyState>
        </Card>
      </Page>
    );
  }
  const address = (name: string): string => {
    const next = new URLSearchParams(parameters);
    if (name === 'customers') next.delete('measure');
    else next.set('measure', name);
    return next.size === 0 ? '/rfm' : `/rfm?${next.toString()}`;
  };
  return (
    <Page title={title} lead={`Customers scored from 1 to 5 by how lately and how often they bought, as of ${day(rfm.asOf)}.`} actions={<Segmented label="Measure" options={MEASURES.map((one) => ({ to: address(one), label: measureName(one), description: measureMeaning(one), current: one === measure }))} />}>
      <Card
        title={<Finding view={rfm} />}
        note={`${measureMeaning(measure)}. Recency up, frequency to the right; arrow keys walk the cells, and each opens its customers.`}
      >
        <RfmHeatMap view={rfm} measure={measure} />
      </Card>
      <GroupTable view={rfm} />
      <MigrationCard key={`${migration.from} ${migration.to}`} migration={migration} errors={errors} measure={parameters.get('measure')} />
      <ThresholdsCard key={JSON.stringify(thresholds)} thresholds={thresholds} pending={pending} currency={currency} mayChange={mayChange} result={result} saving={navigation.formMethod === 'POST'} />
    </Page>
  );
}

function Finding({ view }: { view: RfmView }) {
  const { percent } = useFormats();
  const whole = sumOf(view.cells);
  const best = sumOf(view.cells.filter(({ recency, frequency }) => recency >= 4 && frequency >= 4));
  if (best.customers === 0 || valueOf(whole) <= 0) return <>Customers by how lately and how often they bought</>;
  return <>Recent and frequent buyers, {percent(best.customers / whole.customers)} of customers, hold {percent(valueOf(best) / valueOf(whole))} of the value</>;
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
