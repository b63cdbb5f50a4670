/** The company's settings; what changes how sales count has everything rebuilt. */
import { z } from 'zod';
import { isTimeZone } from '#core/calendar/local-day';
import { AppError } from '#core/errors';
import { readCompany } from '#data/accounts';
import { updateCompanyRow } from '#data/company';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';
import { rebuild } from './rebuild.ts';
import type { CompanyView } from './views.ts';

export const companyPatchSchema = z.strictObject({
  name: z.string().trim().min(1).max(120),
  timeZone: z.string().refine(isTimeZone, 'Not a time zone; write it like Europe/Berlin'),
  analysisDate: z.iso.date().nullable(),
  horizonDays: z.number().int().min(30).max(1825),
  discountRate: z.number().min(0).max(1),
  revenueBasis: z.enum(['net_sales', 'with_shipping', 'total_paid']),
  countZeroOrders: z.boolean(),
}).partial();
export type CompanyPatch = z.infer<typeof companyPatchSchema>;

/** Settings under which rows were derived or scored. */
const DERIVING = ['timeZone', 'analysisDate', 'revenueBasis', 'countZeroOrders', 'horizonDays', 'discountRate'] as const;

/** For those who have been asked already. @throws AppError `not_found` */
export async function readCompanyView(ctx: TenantContext): Promise<CompanyView> {
  const company = await readCompany(ctx.db);
  if (!company) throw new AppError('not_found', 'There is no such company');
  const { id, slug, name, currency, timeZone, analysisDate, horizonDays, discountRate, revenueBasis, countZeroOrders, createdAt } = company;
  return { id, slug, name, currency, timeZone, analysisDate, horizonDays, discountRate, revenueBasis, countZeroOrders, createdAt };
}

export async function getCompany(ctx: TenantContext): Promise<CompanyView> {
  requirePermission(ctx, 'company:read');
  return readCompanyView(ctx);
}

/**
 * Changes settings. When they decide how sales count, everything derived is rebuilt before this returns, so that no page
 * mixes old figures with new settings.
 */
export async function updateCompany(ctx: TenantContext, input: CompanyPatch): Promise<CompanyView> {
  requirePermission(ctx, 'company:write');
  const patch = companyPatchSchema.parse(input);
  const before = await readCompanyView(ctx);
  await updateCompanyRow(ctx.db, { ...before, ...patch });
  if (DERIVING.some((key) => patch[key] !== undefined && patch[key] !== before[key])) await rebuild(ctx, 'settings');
  return readCompanyView(ctx);
}
