/** Settings: how the company counts, and the model that forecasts. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { useEffect } from 'react';
import { companyPatchSchema, getCompany, updateCompany } from '#operations/company';
import { listExchangeRates, putExchangeRates, rateInput, rateName, removeExchangeRate } from '#operations/exchange-rates';
import { mfaPolicy, readMfaPolicy, setMfaPolicy } from '#operations/mfa';
import { getModelStatus, listModelRuns, refitModel } from '#operations/models';
import { isAllowed } from '#operations/permissions';
import { listPrivacyRequests } from '#operations/privacy';
import { requireContext } from '../context.server.ts';
import { refused, refusedFields, saved, textOf } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { CompanyForm } from '../components/settings/company-form.tsx';
import { companyForm, originsTyped } from '../components/settings/company-patch.ts';
import { ModelCard } from '../components/settings/model-card.tsx';
import { ApiOriginsCard } from '../components/settings/api-origins-card.tsx';
import { AccessCard } from '../components/settings/access-card.tsx';
import { MfaPolicyCard } from '../components/settings/mfa-policy-card.tsx';
import { PrivacyCard } from '../components/settings/privacy-card.tsx';
import { RatesCard } from '../components/settings/rates-card.tsx';
import { RetentionCard } from '../components/settings/retention-card.tsx';
import { retentionForm } from '../components/settings/retention-form.ts';
import { readForm } from '../form.server.ts';
import { currenciesNamed, timeZones } from '../format/regions.ts';
import { localeOf } from '../format/locale.ts';
import { resyncLive } from '../hooks/use-live.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Settings · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return answer(args, async () => {
    const mayRequire = isAllowed(ctx.actor, 'team:manage');
    const [company, model, runs, rates, requests, mfa] = await Promise.all([
      getCompany(ctx), getModelStatus(ctx), listModelRuns(ctx), listExchangeRates(ctx), isAllowed(ctx.actor, 'privacy:read') ? listPrivacyRequests(ctx) : null,
      mayRequire ? readMfaPolicy(ctx) : null,
    ]);
    return {
      company, model, runs, rates, zones: timeZones(), mayChange: isAllowed(ctx.actor, 'company:write'), mayRefit: isAllowed(ctx.actor, 'models:refit'), mayAudit: isAllowed(ctx.actor, 'audit:read'), mayManageKeys: isAllowed(ctx.actor, 'api_keys:manage'),
      currencies: currenciesNamed(localeOf(args.request.headers.get('accept-language')), [company.currency, ...(company.pending.currency === undefined ? [] : [company.pending.currency]), ...rates.wanted.map((w) => w.currency)]),
      mfaRoles: mfa?.roles ?? null,
      openRequests: requests?.filter((request) => request.state === 'open').length ?? null,
    };
  });
}

/** Of all its cards together. */
const FIELDS = [
  'intent', 'mfaRole', 'currency', 'day', 'rate', 'keepYears', 'apiOrigins',
  'name', 'timeZone', 'analysisDate', 'horizonDays', 'discountRate', 'revenueBasis', 'countZeroOrders',
];

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const sent = await readForm(args, FIELDS);
  const form = Object.fromEntries(sent);
  try {
    if (form.intent === 'mfa-policy') {
      const policy = mfaPolicy.safeParse({ roles: sent.getAll('mfaRole') });
      if (!policy.success) return refusedFields(policy.error);
      const { roles } = await setMfaPolicy(ctx, policy.data);
      return saved(roles.length === 0 ? 'Saved. Nobody must sign in with a second factor.' : 'Saved. Whoever lacks a second factor is led to set it up.');
    }
    if (form.intent === 'refit') {
      const { lastFailure } = await refitModel(ctx, { cause: 'asked' });
      return lastFailure === null ? saved('Fitted; every customer is valued afresh.') : { ok: false, message: `The fit did not succeed: ${lastFailure.error}. The former model still serves.`, errors: {} };
    }
    if (form.intent === 'rate') {
      const rate = rateInput.safeParse({ currency: form.currency, day: form.day, rate: typeof form.rate === 'string' ? form.rate.replace(',', '.') : null });
      if (!rate.success) return refusedFields(rate.error);
      const { rebuild } = await putExchangeRates(ctx, [rate.data]);
      return saved(rebuild === null ? 'That is the rate already.' : 'Saved. Sales are being recounted by it.');
    }
    if (form.intent === 'remove-rate') {
      const rate = rateName.safeParse({ currency: form.currency, day: form.day });
      if (!rate.success) return refusedFields(rate.error);
      await removeExchangeRate(ctx, rate.data);
      return saved('Removed. Sales are being recounted without it.');
    }
    if (form.intent === 'retention') {
      const chosen = retentionForm.safeParse(form);
      if (!chosen.success) return refusedFields(chosen.error);
      await updateCompany(ctx, chosen.data);
      return saved('Saved. Nothing goes within the next 30 days.');
    }
    if (form.intent === 'api-origins') {
      const asked = companyPatchSchema.pick({ apiOrigins: true }).safeParse({ apiOrigins: originsTyped(textOf(sent, 'apiOrigins')) });
      if (!asked.success) return refusedFields(asked.error);
      const { apiOrigins } = await updateCompany(ctx, asked.data);
      args.context.edge.visitor.memory.facts.clear();
      return saved(apiOrigins.length === 0 ? 'Saved. No page of another site may use the API.' : 'Saved. Pages of these origins may use the API within a minute.');
    }
    const parsed = companyForm.safeParse(form);
    if (!parsed.success) return refusedFields(parsed.error);
    const { rebuild } = await updateCompany(ctx, parsed.data);
    return saved(rebuild === null ? 'Saved.' : 'Saved. Every figure is being recounted; the former ones serve until that is done.');
  } catch (error) {
    return refused(error);
  }
}

export default function SettingsPage() {
  const { company, model, runs, rates, zones, currencies, mayChange, mayRefit, mayAudit, mayManageKeys, openRequests, mfaRoles } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const navigation = useNavigation();
  useEffect(() => { if (result?.ok) resyncLive(); }, [result]);
  const { pending: { currency }, waiting } = company;
  const waitedFor = currency === undefined || waiting?.ratesFrom == null ? null : { currency, from: waiting.ratesFrom };
  return (
    <Page title="Settings">
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <CompanyForm company={company} zones={zones} currencies={currencies} mayChange={mayChange} result={result} saving={navigation.formMethod === 'POST' && navigation.formData?.get('intent') === 'company'} />
        <div className="flex min-w-0 flex-col gap-4">
          <ModelCard model={model} runs={runs} mayRefit={mayRefit} />
          <AccessCard mayManageKeys={mayManageKeys} mayAudit={mayAudit} />
          {mfaRoles !== null && <MfaPolicyCard roles={mfaRoles} />}
          {mayChange && <ApiOriginsCard origins={company.apiOrigins} />}
          <RetentionCard company={company} mayChange={mayChange} />
          {openRequests !== null && <PrivacyCard open={openRequests} />}
        </div>
      </div>
      <div id="rates" className="scroll-mt-20">
        <RatesCard rates={rates} currencies={currencies} mayChange={mayChange} waitedFor={waitedFor} />
      </div>
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
