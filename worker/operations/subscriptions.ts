/** Contracts that renew: the list, what they bring a month, who leaves, and what they are worth. */
import { z } from 'zod';
import { monthNumber, monthText } from '#core/calendar/months';
import { churnOf, contractsValue, contractValue, monthsOf } from '#core/clv/contractual';
import type { Churn } from '#core/clv/contractual';
import { monthlyRate } from '#core/clv/value';
import type { SubscriptionStatus } from '#core/commerce/record';
import { AppError } from '#core/errors';
import { listSubscriptionRows, readRecurring, readRecurringMonths } from '#data/subscriptions';
import type { RecurringMonthRow, SubscriptionDataRow } from '#data/subscriptions';
import type { TenantContext } from '#worker/ports';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';
import type { ContractsView, RecurringMonth, RecurringRevenueView, SubscriptionListInput, SubscriptionListView, SubscriptionView } from './subscription-views.ts';

export const SUBSCRIPTION_STATUSES = ['trialing', 'active', 'past_due', 'paused', 'cancelled'] as const satisfies readonly SubscriptionStatus[];

/** The status that a query parameter names; undefined for any other text. */
export function subscriptionStatus(text: string | null): SubscriptionStatus | undefined {
  return SUBSCRIPTION_STATUSES.find((one) => one === text);
}

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 200;
/** Months shown. */
const SHOWN = 24;
/** Whole months that churn is learnt from. */
const LEARNT_FROM = 12;
const NIL = '00000000-0000-0000-0000-000000000000';

const uuid = z.uuid();
const place = z.tuple([z.string(), z.string(), z.string()]);

/** @throws AppError `invalid_input` for a cursor that is not ours */
export async function listSubscriptions(ctx: TenantContext, input: SubscriptionListInput): Promise<SubscriptionListView> {
  requirePermission(ctx, 'customers:read');
  const limit = Math.min(LARGEST_PAGE, Math.max(1, Math.trunc(input.limit ?? DEFAULT_PAGE)));
  if (input.customerId !== undefined && !uuid.safeParse(input.customerId).success) return { rows: [], nextCursor: null };
  const rows = await listSubscriptionRows(ctx.db, { status: input.status ?? null, customerId: input.customerId ?? null }, limit + 1, placeOf(input.cursor));
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown.map(toView),
    nextCursor: rows.length > limit && last ? encodeCursor(JSON.stringify([last.started_at, last.source, last.external_id]), last.customer_id ?? NIL) : null,
  };
}

function placeOf(cursor: string | undefined): { startedAt: string; source: string; externalId: string } | null {
  if (cursor === undefined) return null;
  const { value } = decodeCursor(cursor);
  const parsed = place.safeParse(value === null ? null : JSON.parse(value));
  if (!parsed.success) throw new AppError('invalid_input', 'The cursor is not one of ours: start again without it', { errors: [{ path: 'cursor', message: 'Pass nextCursor as it was given' }] });
  const [startedAt, source, externalId] = parsed.data;
  return { startedAt, source, externalId };
}

function toView(row: SubscriptionDataRow): SubscriptionView {
  return {
    source: row.source, externalId: row.external_id, customerId: row.customer_id,
    customerName: row.customer_name ?? row.customer_email ?? row.customer_external_id,
    status: statusOf(row.status), plan: row.plan, currency: row.currency, monthlyAmount: row.monthly_amount,
    startedAt: row.started_at, currentPeriodEnd: row.current_period_end, cancelAt: row.cancel_at, endedAt: row.ended_at,
  };
}

function statusOf(text: string): SubscriptionStatus {
  const status = subscriptionStatus(text);
  if (status === undefined) throw new AppError('internal', `A stored contract has the status "${text}"`);
  return status;
}

/** Every month from the first movement to that of `asOf`, at most `SHOWN` of them but all used for churn. */
function runningMonths(rows: readonly RecurringMonthRow[], asOf: string): RecurringMonth[] {
  const last = monthNumber(asOf) ?? 0;
  const moved = new Map(rows.map((row) => [monthNumber(row.month) ?? 0, row]));
  const first = Math.min(last, ...moved.keys());
  const months: RecurringMonth[] = [];
  let mrr = 0;
  let customers = 0;
  for (let month = first; month <= last; month++) {
    const row = moved.get(month);
    const customersAtStart = customers;
    mrr += row?.change ?? 0;
    customers += (row?.new_customers ?? 0) + (row?.reactivated_customers ?? 0) - (row?.churned_customers ?? 0);
    months.push({
      month: monthText(month), complete: month < last, mrr, customers, customersAtStart,
      new: row?.new_mrr ?? 0, expansion: row?.expansion_mrr ?? 0, contraction: row?.contraction_mrr ?? 0, churned: row?.churned_mrr ?? 0, reactivated: row?.reactivated_mrr ?? 0,
      newCustomers: row?.new_customers ?? 0, churnedCustomers: row?.churned_customers ?? 0, reactivatedCustomers: row?.reactivated_customers ?? 0,
    });
  }
  return months;
}

/** From the last whole months; the running one is not over. */
function learnChurn(months: readonly RecurringMonth[]): Churn {
  return churnOf(months.filter((month) => month.complete).slice(-LEARNT_FROM).map((month) => ({ atStart: month.customersAtStart, churned: month.churnedCustomers })));
}

/** Monthly recurring revenue, its movements, churn and contractual value, as of the company's day. */
export async function getRecurringRevenue(ctx: TenantContext): Promise<RecurringRevenueView> {
  requirePermission(ctx, 'value:read');
  const state = await requireState(ctx);
  const asOf = asOfDay(ctx, state);
  const { months: rows, payers, statuses, gaps } = await readRecurring(ctx.db, asOf);
  const months = runningMonths(rows, asOf);
  const churn = learnChurn(months);
  const discountMonthly = monthlyRate(state.discountAnnual);
  const trialing = statuses.find((row) => row.status === 'trialing');
  return {
    currency: state.currency, asOf, horizonDays: state.horizonDays, discountRate: state.discountAnnual,
    mrr: payers.total, payingCustomers: payers.customers,
    trialing: { subscriptions: trialing?.subscriptions ?? 0, monthly: trialing?.monthly ?? 0 },
    statuses: statuses.map((row) => ({ status: statusOf(row.status), subscriptions: row.subscriptions })),
    notIncluded: gaps, churn,
    value: {
      horizon: rounded(contractsValue(payers, churn, { months: monthsOf(state.horizonDays), discountMonthly })),
      whole: rounded(contractsValue(payers, churn, { months: null, discountMonthly })),
    },
    months: months.slice(-SHOWN),
    empty: statuses.length === 0,
  };
}

/** One customer's contracts, and what those that pay are worth; nothing is said where she has none. */
export async function getContracts(ctx: TenantContext, customerId: string): Promise<ContractsView> {
  requirePermission(ctx, 'customers:read');
  const { rows } = await listSubscriptions(ctx, { customerId, limit: 20 });
  if (rows.length === 0) return { rows, contract: null };
  const state = await requireState(ctx);
  const asOf = asOfDay(ctx, state);
  const [months, own] = await Promise.all([readRecurringMonths(ctx.db, asOf), readRecurring(ctx.db, asOf, customerId)]);
  if (own.payers.total <= 0) return { rows, contract: null };
  const churn = learnChurn(runningMonths(months, asOf));
  const discountMonthly = monthlyRate(state.discountAnnual);
  return {
    rows,
    contract: {
      currency: state.currency, monthly: own.payers.total, horizonDays: state.horizonDays, churn,
      horizon: rounded(contractValue(own.payers.total, churn, { months: monthsOf(state.horizonDays), discountMonthly })),
      whole: rounded(contractValue(own.payers.total, churn, { months: null, discountMonthly })),
    },
  };
}

function rounded(value: { mean: number; low: number; high: number; expectedMonths: number }): { mean: number; low: number; high: number; expectedMonths: number } {
  return { mean: Math.round(value.mean), low: Math.round(value.low), high: Math.round(value.high), expectedMonths: value.expectedMonths };
}
