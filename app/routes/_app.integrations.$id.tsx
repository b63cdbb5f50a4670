/** One integration: address, secret, setup steps, last deliveries. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Link, useActionData, useLoaderData } from '@remix-run/react';
import { ChevronLeft } from 'lucide-react';
import { AppError } from '#core/errors';
import { DEMO_COMPANY } from '#core/commerce/demo-order';
import { checkIntegration } from '#operations/integration-health';
import { listDeliveries, listIntegrations, removeIntegration, revealSecret } from '#operations/integrations';
import { requireContext } from '../context.server.ts';
import { useRevalidateOnChange } from '../components/dashboard/use-live-dashboard.ts';
import { AddressCard } from '../components/integrations/address-card.tsx';
import { HealthNotice } from '../components/integrations/health-notice.tsx';
import { DeliveriesTable } from '../components/integrations/deliveries-table.tsx';
import { LiveOrderButton } from '../components/integrations/live-order-button.tsx';
import { RemoveIntegration } from '../components/integrations/remove-integration.tsx';
import type { SecretAnswer } from '../components/integrations/secret-answer.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { useFormats } from '../format/use-formats.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `${data?.integration.name ?? 'Integration'} · Perennial` }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx, company } = await requireContext(args);
  const id = args.params.id ?? '';
  const url = new URL(args.request.url);
  const created = url.searchParams.has('created');
  return answer(args, async () => {
    const integration = (await listIntegrations(ctx)).find((candidate) => candidate.id === id);
    if (!integration) throw new AppError('not_found', 'There is no such integration. It may have been removed.');
    const [deliveries, secret] = await Promise.all([listDeliveries(ctx, id), created ? revealSecret(ctx, id) : null]);
    return { integration, deliveries, secret, address: url.origin + integration.webhookPath, demo: company.slug === DEMO_COMPANY.slug && integration.platform === 'shopify' };
  });
}

export async function action(args: ActionFunctionArgs): Promise<Response | SecretAnswer> {
  const { ctx } = await requireContext(args);
  const id = args.params.id ?? '';
  const intent = (await args.request.formData()).get('intent');
  try {
    if (intent === 'remove') {
      await removeIntegration(ctx, id);
      return redirect('/integrations');
    }
    if (intent === 'check') {
      await checkIntegration(ctx, id);
      return { secret: null, message: null };
    }
    return { secret: await revealSecret(ctx, id), message: null };
  } catch (error) {
    if (error instanceof AppError && error.code !== 'internal') return { secret: null, message: error.message };
    throw error;
  }
}

export default function IntegrationPage() {
  const { integration, deliveries, secret, address, demo } = useLoaderData<typeof loader>();
  const result = useActionData<SecretAnswer>();
  const { count, time } = useFormats();
  useRevalidateOnChange();
  return (
    <Page
      title={integration.name}
      lead={<Link to="/integrations" className="inline-flex items-center gap-1 hover:text-ink"><ChevronLeft aria-hidden className="size-3.5" />All integrations</Link>}
      actions={<RemoveIntegration name={integration.name} />}
    >
      {secret !== null && <Notice tone="good" role="status">{integration.name} is connected. Give its address and secret to {integration.platformName}, then send a test notification.</Notice>}
      {result?.message != null && <Notice tone="bad" role="alert">{result.message}</Notice>}
      {integration.uninstalledAt !== null && (
        <Notice tone="warning">The app was removed at {integration.platformName} {time(integration.uninstalledAt)}. What it brought stays; since then only requests about people’s data are taken. To connect the shop again, add it as a new integration.</Notice>
      )}
      <HealthNotice integration={integration} />
      {demo && <LiveOrderButton />}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <AddressCard address={address} topics={integration.topics} setup={integration.setup} platformName={integration.platformName} secret={secret} />
        <div className="flex min-w-0 flex-col gap-4">
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
