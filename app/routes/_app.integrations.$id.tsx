/** One integration: address, secret, setup steps, last deliveries. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData } from '@remix-run/react';
import { AppError } from '#core/errors';
import { DEMO_COMPANY } from '#core/commerce/demo-order';
import { cancelBackfill, listBackfills, startBackfill } from '#operations/backfills';
import { demoShop } from '#operations/demo-order';
import { checkIntegration } from '#operations/integration-health';
import { integrationSettings, listDeliveries, listIntegrations, removeIntegration, revealSecret, updateIntegration } from '#operations/integrations';
import { isAllowed } from '#operations/permissions';
import { readReconciliation, startReconciliation } from '#operations/reconcile';
import { requireContext, type SignedIn } from '../context.server.ts';
import { useRevalidateOnChange } from '../components/dashboard/use-live-dashboard.ts';
import { AddressCard } from '../components/integrations/address-card.tsx';
import { HealthNotice } from '../components/integrations/health-notice.tsx';
import { refused, saved, type FormResult } from '../components/forms/form-result.ts';
import { DeliveriesTable } from '../components/integrations/deliveries-table.tsx';
import { HistoryCard } from '../components/integrations/history-card.tsx';
import { LiveOrderButton } from '../components/integrations/live-order-button.tsx';
import { ReconciliationCard } from '../components/integrations/reconciliation-card.tsx';
import { RemoveIntegration } from '../components/integrations/remove-integration.tsx';
import { SettingsCard } from '../components/integrations/settings-card.tsx';
import type { SecretAnswer } from '../components/integrations/secret-answer.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { readForm } from '../form.server.ts';
import { useFormats } from '../format/use-formats.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `${data?.integration.name ?? 'Integration'} · Perennial` }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx, company } = await requireContext(args);
  const id = args.params.id ?? '';
  const url = new URL(args.request.url);
  const created = url.searchParams.has('created');
  return answer(args, async () => {
    const integrations = await listIntegrations(ctx);
    const integration = integrations.find((candidate) => candidate.id === id);
    if (!integration) throw new AppError('not_found', 'There is no such integration. It may have been removed.');
    const manages = isAllowed(ctx.actor, 'integrations:manage');
    const [deliveries, secret, settings, backfills, reconciliation] = await Promise.all([
      listDeliveries(ctx, id), created ? revealSecret(ctx, id) : null, manages ? integrationSettings(ctx, id) : null,
      integration.hasHistory ? listBackfills(ctx, id) : null, integration.hasHistory ? readReconciliation(ctx, id) : null,
    ]);
    return { integration, deliveries, secret, settings, backfills, reconciliation, address: url.origin + integration.webhookPath, demo: company.slug === DEMO_COMPANY.slug && demoShop(integrations)?.id === id };
  });
}

export async function action(args: ActionFunctionArgs): Promise<Response | SecretAnswer | FormResult> {
  const { ctx } = await requireContext(args);
  const id = args.params.id ?? '';
  const form = await readForm(args, ['intent', 'name', 'settings.', 'backfill', 'from']);
  const intent = form.get('intent');
  try {
    if (intent === 'remove') {
      await removeIntegration(ctx, id);
      return redirect('/integrations');
    }
    if (intent === 'check') {
      await checkIntegration(ctx, id);
      return { secret: null, message: null };
    }
    if (intent === 'reveal') return { secret: await revealSecret(ctx, id), message: null };
    return await change(ctx, id, typeof intent === 'string' ? intent : '', form);
  } catch (error) {
    if (intent !== 'reveal') return refused(error);
    if (error instanceof AppError && error.code !== 'internal') return { secret: null, message: error.message };
    throw error;
  }
}

async function change(ctx: SignedIn['ctx'], id: string, intent: string, form: FormData): Promise<FormResult> {
  const text = (name: string): string => { const value = form.get(name); return typeof value === 'string' ? value.trim() : ''; };
  switch (intent) {
    case 'backfill': {
      const from = text('from');
      await startBackfill(ctx, id, from === '' ? {} : { from });
      return saved('Your past orders are being read. Values are computed on the way.');
    }
    case 'cancel-backfill':
      await cancelBackfill(ctx, id, text('backfill'));
      return saved('Reading was stopped. What it had read so far stays.');
    case 'reconcile':
      await startReconciliation(ctx, id);
      return saved('The last 35 days are being compared.');
    case 'settings': {
      const secrets = new Set((await integrationSettings(ctx, id)).filter(({ kind }) => kind === 'secret').map(({ key }) => key));
      const settings: Record<string, string> = {};
      for (const name of form.keys()) {
        const key = name.startsWith('settings.') ? name.slice('settings.'.length) : '';
        // An empty secret field keeps what is there.
        if (key !== '' && !(secrets.has(key) && text(name) === '')) settings[key] = text(name);
      }
      await updateIntegration(ctx, id, { name: text('name'), settings });
      return saved('The settings are saved.');
    }
    default: throw new AppError('invalid_input', 'This form is not known here; load the page again');
  }
}

export default function IntegrationPage() {
  const { integration, deliveries, secret, settings, backfills, reconciliation, address, demo } = useLoaderData<typeof loader>();
  const result = useActionData<SecretAnswer | FormResult>();
  const formResult = result !== undefined && 'ok' in result ? result : undefined;
  const { count, time } = useFormats();
  // Where the app was removed there is nothing to set up, to read or to compare.
  const isOpen = integration.uninstalledAt === null;
  useRevalidateOnChange();
  return (
    <Page
      title={integration.name}
      back={{ to: '/integrations', label: 'All integrations' }}
      actions={<RemoveIntegration name={integration.name} />}
    >
      {secret !== null && <Notice tone="good" role="status">{integration.name} is connected. Give its address and secret to {integration.platformName}, then send a test notification.</Notice>}
      {result?.message != null && <Notice tone={formResult?.ok === true ? 'good' : 'bad'} role={formResult?.ok === true ? 'status' : 'alert'}>{result.message}</Notice>}
      {integration.uninstalledAt !== null && (
        <Notice tone="warning">The app was removed at {integration.platformName} {time(integration.uninstalledAt)}. What it brought stays; since then only requests about people’s data are taken. To connect the shop again, add it as a new integration.</Notice>
      )}
      <HealthNotice integration={integration} />
      {demo && <LiveOrderButton />}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
        {isOpen && backfills !== null && reconciliation !== null && <HistoryCard backfills={backfills} platformName={integration.platformName} missing={reconciliation.missing} />}
        {isOpen && <AddressCard address={address} topics={integration.topics} setup={integration.setup} platformName={integration.platformName} secret={secret} />}
        {settings !== null && <SettingsCard name={integration.name} settings={settings} result={formResult} />}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {isOpen && reconciliation !== null && <ReconciliationCard view={reconciliation} platformName={integration.platformName} />}
          <p className="figures text-13 text-muted">{count(integration.acceptedTotal)} deliveries accepted so far, {count(integration.waiting)} waiting to be counted.</p>
          <DeliveriesTable deliveries={deliveries} />
        </div>
      </div>
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
