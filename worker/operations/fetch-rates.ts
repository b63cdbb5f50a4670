/** Fetching exchange rates of the European Central Bank for the currencies a company meets. */
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { crossFactor, rebase } from '#core/commerce/exchange';
import type { ReferenceDay } from '#core/commerce/exchange';
import { AppError } from '#core/errors';
import { readReferenceRates } from '#connectors/ecb/reference-rates';
import type { EcbSpan } from '#connectors/ecb/reference-rates';
import { anyForeignSaleSince, keepRates, listRateRows, listWantedCurrencies, noteFetch, readFirstSale } from '#data/exchange-rates';
import type { RateRow, WantedCurrency } from '#data/exchange-rates';
import { rebuildTenant } from '#data/rebuild';
import type { TenantContext } from '#worker/ports';
import { requireState } from './scoring.ts';

/** The bank's file of about 90 days has at least these. */
const RECENT_DAYS = 85;
/** What holds on a day may have been set some days before it: banks rest. */
const EARLIER_DAYS = 7;
/** A sale before any rate takes the first one within these. */
const LATER_DAYS = 7;

/**
 * Fetches what the company's foreign currencies lack. A failed fetch leaves the rates as they are and says so.
 * @returns the first day from which rates are new; null when none is
 */
export async function fetchRates(ctx: TenantContext): Promise<{ currencies: number; changed: number; firstDay: string | null; error: string | null }> {
  const [state, wanted, firstSale] = await Promise.all([requireState(ctx), listWantedCurrencies(ctx.db), readFirstSale(ctx.db)]);
  if (wanted.length === 0 || firstSale === null) return { currencies: 0, changed: 0, firstDay: null, error: null };
  const now = ctx.clock.now();
  const from = addDays(firstSale, -EARLIER_DAYS);
  let days: ReferenceDay[];
  try {
    days = await readReferenceRates((url, init) => ctx.outside.fetch(url, init), spanFor(wanted, from, localDay(now, 'UTC')));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn('rates_not_fetched', { companyId: ctx.companyId, error: error.message });
    await noteFetch(ctx.db, wanted.map((w) => ({ currency: w.currency, error: error.message })), now.toISOString(), null);
    return { currencies: wanted.length, changed: 0, firstDay: null, error: error.message };
  }
  const rows = rowsOf(days, wanted.map((w) => w.currency), state.currency, from);
  const { changed, firstDay } = await keepRates(ctx.db, rows, 'ecb');
  const quoted = new Set(rows.map((r) => r.currency));
  await noteFetch(ctx.db, wanted.map((w) => ({ currency: w.currency, error: quoted.has(w.currency) ? null : `The European Central Bank publishes no rate between ${w.currency} and ${state.currency}; enter one by hand` })), now.toISOString(), from);
  return { currencies: wanted.length, changed, firstDay, error: null };
}

/** The smallest file that has what is lacking. */
function spanFor(wanted: readonly WantedCurrency[], from: string, today: string): EcbSpan {
  const recent = addDays(today, -RECENT_DAYS);
  if (wanted.some((w) => w.covered_from === null || w.covered_from > from)) return from < recent ? 'all' : 'recent';
  const oldest = wanted.map((w) => w.fetched_at?.slice(0, 10) ?? '').sort()[0] ?? '';
  if (oldest >= addDays(today, -1)) return 'newest';
  return oldest >= recent ? 'recent' : 'all';
}

function rowsOf(days: readonly ReferenceDay[], currencies: readonly string[], base: string, from: string): RateRow[] {
  return days.filter((d) => d.day >= from).flatMap((d) => currencies.flatMap((code) => {
    const factor = crossFactor(d, code, base);
    return factor === null ? [] : [{ currency: code, day: d.day, factor }];
  }));
}

/** The night's fetch: everybody is valued anew afterwards, so what the rates change is counted at once. */
export async function fetchNightRates(ctx: TenantContext): Promise<{ currencies: number; changed: number; error: string | null }> {
  const { currencies, changed, firstDay, error } = await fetchRates(ctx);
  if (changed > 0 && firstDay !== null && (await anyForeignSaleSince(ctx.db, firstDay))) await rebuildTenant(ctx.db);
  return { currencies, changed, error };
}

/** Those of the bank, and those that a person entered. */
export interface RatesToNewBase {
  ecb: RateRow[];
  manual: RateRow[];
}

/**
 * Rates to `base` for a company that changes over to it from `former`: the bank's, else those at hand, where they say
 * what `base` was worth since the first sale: a person may have entered them.
 * @throws AppError `unavailable` while there are none: better the former figures than none
 */
export async function ratesTo(ctx: TenantContext, base: string, former: string): Promise<RatesToNewBase> {
  const [wanted, firstSale] = await Promise.all([listWantedCurrencies(ctx.db), readFirstSale(ctx.db)]);
  if (firstSale === null) return { ecb: [], manual: [] };
  const from = addDays(firstSale, -EARLIER_DAYS);
  const today = localDay(ctx.clock.now(), 'UTC');
  let why: string;
  try {
    const days = await readReferenceRates((url, init) => ctx.outside.fetch(url, init), from < addDays(today, -RECENT_DAYS) ? 'all' : 'recent');
    const ecb = rowsOf(days, [...new Set([former, ...wanted.map((w) => w.currency)])].filter((code) => code !== base), base, from);
    if (ecb.some(({ currency }) => currency === former)) return { ecb, manual: [] };
    why = 'the European Central Bank publishes none';
  } catch (error) {
    if (!(error instanceof AppError) || !error.retryable) throw error;
    why = error.message;
  }
  const stored = await listRateRows(ctx.db, null, null, null);
  if (!stored.some(({ currency, day }) => currency === base && day <= addDays(firstSale, LATER_DAYS))) {
    throw new AppError('unavailable', `Exchange rates between ${former} and ${base} are missing: ${why}`);
  }
  const rebased = rebase(stored, former, base);
  return { ecb: rebased.filter(({ origin }) => origin === 'ecb'), manual: rebased.filter(({ origin }) => origin === 'manual') };
}
