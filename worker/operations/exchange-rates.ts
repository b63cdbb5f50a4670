/** Exchange rates as a person sees and enters them; those of the European Central Bank come by themselves. */
import { z } from 'zod';
import { currencyCode } from '#core/commerce/currencies';
import { factorOfRate, rateOfFactor } from '#core/commerce/exchange';
import { AppError } from '#core/errors';
import { anyForeignSaleSince, keepRates, listRateRows, listWantedCurrencies, removeRateRow } from '#data/exchange-rates';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { fetchRates } from './fetch-rates.ts';
import { requirePermission } from './permissions.ts';
import { requestRebuild } from './rebuild.ts';
import { requireState } from './scoring.ts';
import type { ExchangeRatesView, RateView } from './exchange-rate-views.ts';
import type { RunView } from './run-views.ts';

/** Rates that a list shows at most. */
const SHOWN = 400;

const currency = z.string().transform((text, context) => {
  const code = currencyCode(text);
  if (code !== null) return code;
  context.addIssue({ code: 'custom', message: 'Not a currency code; write it like USD' });
  return z.NEVER;
});

export const rateInput = z.strictObject({
  currency,
  day: z.iso.date('Write the day like 2026-03-31'),
  /** Units of the company's currency for one unit of this one. */
  rate: z.coerce.number('Write the rate like 0.92').positive('A rate is more than zero').max(1e9),
});
/** Which rate, for removing it. */
export const rateName = rateInput.pick({ currency: true, day: true }).strip();
export const ratesInput = z.strictObject({ rates: z.array(rateInput).min(1).max(1000) });
export type RateInput = z.output<typeof rateInput>;

export async function listExchangeRates(ctx: TenantContext, of: string | null = null): Promise<ExchangeRatesView> {
  requirePermission(ctx, 'company:read');
  const { currency: base } = await requireState(ctx);
  const [wanted, rows] = await Promise.all([listWantedCurrencies(ctx.db), listRateRows(ctx.db, of, of === null ? 'manual' : null, SHOWN)]);
  return {
    currency: base,
    wanted: wanted.map((w) => ({
      currency: w.currency, triedAt: w.tried_at, fetchedAt: w.fetched_at, error: w.error,
      latest: w.latest_day === null || w.latest_factor === null || w.latest_origin === null ? null : { currency: w.currency, day: w.latest_day, rate: rateOfFactor(w.latest_factor, w.currency, base), origin: w.latest_origin },
    })),
    rates: rows.map((r): RateView => ({ currency: r.currency, day: r.day, rate: rateOfFactor(r.factor, r.currency, base), origin: r.origin })),
  };
}

/**
 * Rates by hand stand before those of the bank.
 * @returns the recount they cause; null when nothing changed
 * @throws AppError `invalid_input`
 */
export async function putExchangeRates(ctx: TenantContext, rates: readonly RateInput[]): Promise<{ changed: number; rebuild: RunView | null }> {
  requirePermission(ctx, 'company:write');
  const { currency: base } = await requireState(ctx);
  const own = rates.findIndex((r) => r.currency === base);
  if (own >= 0) throw new AppError('invalid_input', `${base} is your own currency and needs no rate`, { errors: [{ path: `rates[${String(own)}].currency`, message: 'Your own currency' }] });
  const rows = new Map(rates.map((r) => [`${r.currency} ${r.day}`, { currency: r.currency, day: r.day, factor: factorOfRate(r.rate, r.currency, base) }]));
  const { changed } = await keepRates(audited(ctx, { action: 'rates.changed', detail: { rates } }).db, [...rows.values()], 'manual');
  return { changed, rebuild: changed > 0 ? await requestRebuild(ctx, 'rates') : null };
}

/** @throws AppError `not_found` */
export async function removeExchangeRate(ctx: TenantContext, rate: { currency: string; day: string }): Promise<RunView> {
  requirePermission(ctx, 'company:write');
  if (!(await removeRateRow(audited(ctx, { action: 'rates.removed', detail: rate }).db, rate.currency, rate.day))) throw new AppError('not_found', `There is no rate of ${rate.currency} for ${rate.day}`);
  return requestRebuild(ctx, 'rates');
}

/** Fetches in answer to a currency that is new, and has everything recounted by what came. */
export async function fetchNewRates(ctx: TenantContext): Promise<void> {
  const { changed, firstDay } = await fetchRates(ctx);
  if (changed > 0 && firstDay !== null && (await anyForeignSaleSince(ctx.db, firstDay))) await requestRebuild(ctx, 'rates');
}
