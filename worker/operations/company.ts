/** The company's settings; what changes how sales count has everything rebuilt. */
import { z } from 'zod';
import { isTimeZone } from '#core/calendar/local-day';
import { AppError } from '#core/errors';
import { NO_ORIGIN, webOrigin } from '#core/net/web-origin';
import { rfmThresholds, sameThresholds } from '#core/rfm/thresholds';
import { readCompany } from '#data/accounts';
import type { CompanyRow } from '#data/accounts';
import { currencyCode } from '#core/commerce/currencies';
import { readFirstSale } from '#data/exchange-rates';
import { apiOriginsOf, derivingSettings, keepApiOrigins, keepPendingSettings, keepSalesFor, renameCompany, rfmThresholdsOf } from '#data/company';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { requirePermission } from './permissions.ts';
import { currentRebuild, hindranceOf, pendingOf, requestRebuild } from './rebuild.ts';
import { keepYearsSchema } from './retention.ts';
import type { CompanySettingsView, CompanyView, WaitingView } from './company-views.ts';
import type { RunView } from './run-views.ts';

const MAX_API_ORIGINS = 20;

export const companyPatchSchema = z.strictObject({
  name: z.string().trim().min(1).max(120),
  currency: z.string().refine((code) => currencyCode(code) === code, 'Not a currency code; write it like EUR'),
  timeZone: z.string().refine(isTimeZone, 'Not a time zone; write it like Europe/Berlin'),
  analysisDate: z.iso.date().nullable(),
  horizonDays: z.number().int().min(30).max(1825),
  discountRate: z.number().min(0).max(1),
  revenueBasis: z.enum(['net_sales', 'with_shipping', 'total_paid']),
  countZeroOrders: z.boolean(),
  rfm: rfmThresholds,
  keepYears: keepYearsSchema,
  apiOrigins: z.array(z.string().max(300).refine((text) => webOrigin(text) === text, NO_ORIGIN)).max(MAX_API_ORIGINS, `Up to ${String(MAX_API_ORIGINS)} origins`),
}).partial();
export type CompanyPatch = z.infer<typeof companyPatchSchema>;

/** For those who have been asked already. @throws AppError `not_found` */
export async function readCompanyView(ctx: TenantContext): Promise<CompanyView> {
  const company = await readCompany(ctx.db);
  if (!company) throw new AppError('not_found', 'There is no such company');
  return viewOfCompany(company);
}

/** What may be told of it. */
export function viewOfCompany({ settings, keepYearsSetAt: __, opensAt: ___, ...view }: CompanyRow): CompanyView {
  return { ...view, apiOrigins: apiOriginsOf(settings), rfm: rfmThresholdsOf(settings) };
}

/** Settings in force, those to come, and how far the recount is. */
export async function getCompany(ctx: TenantContext): Promise<CompanySettingsView> {
  requirePermission(ctx, 'company:read');
  const [company, rebuild] = await Promise.all([readCompany(ctx.db), currentRebuild(ctx)]);
  if (!company) throw new AppError('not_found', 'There is no such company');
  return { ...settingsView(company, rebuild), waiting: await waitingFor(ctx, company, rebuild) };
}

function settingsView(company: CompanyRow, rebuild: RunView | null): CompanySettingsView {
  return { ...viewOfCompany(company), pending: pendingOf(company), rebuild: rebuild === null ? null : { runId: rebuild.id, progress: rebuild.progress }, waiting: null };
}

async function waitingFor(ctx: TenantContext, company: CompanyRow, rebuild: RunView | null): Promise<WaitingView | null> {
  const reason = hindranceOf(rebuild);
  if (rebuild === null || reason === null) return null;
  const { currency = company.currency } = pendingOf(company);
  const ratesFrom = currency === company.currency ? null : await readFirstSale(ctx.db);
  return { reason, since: rebuild.startedAt, ratesFrom };
}

/**
 * Changes settings. Those that decide how sales count come into force together with the figures counted by them, by a
 * job: until then they are `pending` and the former figures serve. Of two changes in a row the later one wins.
 */
export async function updateCompany(ctx: TenantContext, input: CompanyPatch): Promise<CompanySettingsView> {
  requirePermission(ctx, 'company:write');
  const { name, keepYears, apiOrigins, ...deriving } = companyPatchSchema.parse(input);
  const before = await readCompany(ctx.db);
  if (!before) throw new AppError('not_found', 'There is no such company');
  const asked = { ...derivingSettings.parse({ ...before, rfm: rfmThresholdsOf(before.settings) }), ...pendingOf(before) };
  const sameRfm = deriving.rfm === undefined || sameThresholds(deriving.rfm, asked.rfm);
  const change = Object.fromEntries(Object.entries(deriving).filter(([key, value]) => (key === 'rfm' ? !sameRfm : value !== undefined && value !== Reflect.get(asked, key))));
  const renamed = name !== undefined && name !== before.name;
  const keeps = keepYears !== undefined && keepYears !== before.keepYears;
  const admits = apiOrigins !== undefined && apiOrigins.join(' ') !== apiOriginsOf(before.settings).join(' ');
  const { db } = audited(ctx, { action: 'company.changed', detail: { ...(renamed && { name }), ...(keeps && { keepYears }), ...(admits && { apiOrigins }), ...change } });
  if (renamed) await renameCompany(db, name);
  if (keeps) await keepSalesFor(db, keepYears, ctx.clock.now().toISOString());
  if (admits) await keepApiOrigins(db, [...new Set(apiOrigins)]);
  if (Object.keys(change).length === 0) return getCompany(ctx);
  await keepPendingSettings(db, change);
  const run = await requestRebuild(ctx, 'settings');
  return settingsView({ ...before, name: name ?? before.name, keepYears: keepYears === undefined ? before.keepYears : keepYears, settings: { ...before.settings, ...(admits && { apiOrigins }), pending: { ...pendingOf(before), ...change } } }, run);
}
