/** Integrations: what is connected, and how to connect more. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { z } from 'zod';
import { DEMO_COMPANY } from '#core/commerce/demo-order';
import { availablePlatforms, createIntegration, listIntegrations } from '#operations/integrations';
import { isAllowed } from '#operations/permissions';
import { requireContext } from '../context.server.ts';
import { refused, refusedFields } from '../components/forms/form-result.ts';
import { IntegrationForm } from '../components/integrations/integration-form.tsx';
import { IntegrationList } from '../components/integrations/integration-list.tsx';
import { LiveOrderButton } from '../components/integrations/live-order-button.tsx';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Integrations · Perennial' }];

const form = z.object({ platform: z.string().min(1), name: z.string().trim().max(120, 'Use at most 120 characters').default('') });

export async function loader(args: LoaderFunctionArgs) {
  const { ctx, company } = await requireContext(args);
  const integrations = await answer(args, () => listIntegrations(ctx));
  return { integrations, platforms: availablePlatforms(), demo: company.slug === DEMO_COMPANY.slug, mayManage: isAllowed(ctx.actor, 'integrations:manage') };
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const given = Object.fromEntries(await readForm(args, ['platform', 'name', 'settings.']));
  const parsed = form.safeParse(given);
  if (!parsed.success) return refusedFields(parsed.error);
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith('settings.') && typeof value === 'string' && value !== '') settings[name.slice('settings.'.length)] = value;
  }
  try {
    const { id } = await createIntegration(ctx, { ...parsed.data, settings });
    return redirect(`/integrations/${id}?created`);
  } catch (error) {
    return refused(error);
  }
}

export default function IntegrationsPage() {
  const { integrations, platforms, demo, mayManage } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().formMethod === 'POST';
  return (
    <Page title="Integrations" lead="Shops and payment platforms that send their orders here." actions={demo ? <LiveOrderButton /> : undefined}>
      {integrations.length > 0 && <IntegrationList integrations={integrations} />}
      {mayManage ? <IntegrationForm platforms={platforms} result={result} busy={busy} /> : <Notice>Your role sees what is connected and does not change it. Ask a manager or an admin of your company.</Notice>}
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
