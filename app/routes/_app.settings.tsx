/** Settings: how the company counts, and the model that forecasts. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { useEffect } from 'react';
import { getCompany, updateCompany } from '#operations/company';
import { getModelStatus, listModelRuns, refitModel } from '#operations/models';
import { isAllowed } from '#operations/permissions';
import { listPrivacyRequests } from '#operations/privacy';
import { requireContext } from '../context.server.ts';
import { refused, refusedFields, saved } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { CompanyForm } from '../components/settings/company-form.tsx';
import { companyForm } from '../components/settings/company-patch.ts';
import { ModelCard } from '../components/settings/model-card.tsx';
import { PrivacyCard } from '../components/settings/privacy-card.tsx';
import { timeZones } from '../format/regions.ts';
import { resyncLive } from '../hooks/use-live.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Settings · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return answer(args, async () => {
    const [company, model, runs, requests] = await Promise.all([getCompany(ctx), getModelStatus(ctx), listModelRuns(ctx), isAllowed(ctx.actor, 'privacy:read') ? listPrivacyRequests(ctx) : null]);
    return { company, model, runs, zones: timeZones(), openRequests: requests?.filter((request) => request.state === 'open').length ?? null };
  });
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const form = Object.fromEntries(await args.request.formData());
  try {
    if (form.intent === 'refit') {
      const { lastFailure } = await refitModel(ctx, { cause: 'asked' });
      return lastFailure === null ? saved('Fitted; every customer is valued afresh.') : { ok: false, message: `The fit did not succeed: ${lastFailure.error}. The former model still serves.`, errors: {} };
    }
    const parsed = companyForm.safeParse(form);
    if (!parsed.success) return refusedFields(parsed.error);
    await updateCompany(ctx, parsed.data);
    return saved('Saved. Every figure is counted by these settings now.');
  } catch (error) {
    return refused(error);
  }
}

export default function SettingsPage() {
  const { company, model, runs, zones, openRequests } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const navigation = useNavigation();
  useEffect(() => { if (result?.ok) resyncLive(); }, [result]);
  return (
    <Page title="Settings">
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <CompanyForm company={company} zones={zones} result={result} saving={navigation.formMethod === 'POST' && navigation.formData?.get('intent') === 'company'} />
        <div className="flex min-w-0 flex-col gap-4">
          <ModelCard model={model} runs={runs} />
          {openRequests !== null && <PrivacyCard open={openRequests} />}
        </div>
      </div>
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
