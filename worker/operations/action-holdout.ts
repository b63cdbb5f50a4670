/** The experiment that tells whether acting helps: some customers are told no action, and what came of the others is held against them. */
import { v7 } from 'uuid';
import { assumptionsWith, type AssumptionsChange } from '#core/actions/assumptions';
import { ACTIONS } from '#core/actions/catalogue';
import { customersNeeded, daysNeeded, differenceOf, measuredResponse, smallestSeen, type Difference } from '#core/actions/lift';
import { ACTION_NAMES } from '#core/actions/words';
import { addDays, dayNumber } from '#core/calendar/days';
import { AppError } from '#core/errors';
import { beginHoldout, endHoldout, keepAssumptions, keepLift, readActionBasis, readLift, readPower, type HoldoutRow, type LiftResult, type PowerRow } from '#data/action-holdouts';
import type { TenantContext } from '#worker/ports';
import { armsOf, reckonActions } from './action-plan.ts';
import type { HoldoutPlanView, HoldoutView, LiftView } from './action-views.ts';
import { audited } from './audit.ts';
import { isAllowed, requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';

export const HOLDOUT_SHARE = { least: 0.05, most: 0.5, usual: 0.1 } as const;
/** Past days that tell how much orders vary, and the time that one message is thought to work. */
const POWER_DAYS = 30;
const SHARES = [0.05, 0.1, 0.2, 0.3, 0.5] as const;
/** Days of a chart; longer ones keep every second day, every third, … */
const MOST_POINTS = 120;

/** Who is held out, what was measured, and how long measuring takes. */
export async function getHoldout(ctx: TenantContext): Promise<HoldoutView> {
  requirePermission(ctx, 'customers:read');
  const { state, basis, moment } = await reckonActions(ctx);
  const { running } = basis;
  const [lift, power] = await Promise.all([running === null ? null : measure(ctx, running, moment.asOf, state.currency), readPower(ctx.db, moment, POWER_DAYS)]);
  return {
    running: running === null ? null : { id: running.id, share: shown(running.share), since: running.startedOn, lift: lift === null ? null : liftView(running, lift) },
    ended: basis.holdouts.flatMap((row) => (row.endedOn === null ? [] : [{ id: row.id, share: shown(row.share), from: row.startedOn, to: row.endedOn, lift: row.result === null || row.result.rows.length === 0 ? null : liftView(row, row.result) }])),
    plan: planOf(power), assumptions: basis.assumptions, mayManage: isAllowed(ctx.actor, 'actions:manage'),
  };
}

/** Kept with 24 bits: 0.1 comes back as 0.10000000149. */
const shown = (share: number): number => Number(share.toPrecision(6));

/** Null before its first day is over. */
async function measure(ctx: TenantContext, row: HoldoutRow, today: string, currency: string): Promise<LiftResult | null> {
  if (today <= row.startedOn) return null;
  // Today is not over, and half a day of orders on both sides says nothing that tomorrow does not say better.
  return { format: 1, currency, until: today, ...(await readLift(ctx.db, row, today)) };
}

/**
 * Whoever has an action now is measured from tomorrow on; a share of them, and of everybody, is told none.
 * @param share of customers held out, 0.05–0.5
 * @throws AppError `invalid_input`, `conflict` while one runs or figures are of a past day
 */
export async function startHoldout(ctx: TenantContext, { share }: { share: number }): Promise<HoldoutView> {
  requirePermission(ctx, 'actions:manage');
  if (!(share >= HOLDOUT_SHARE.least && share <= HOLDOUT_SHARE.most)) {
    throw new AppError('invalid_input', 'Hold out between 5 and 50 percent of the customers', { errors: [{ path: 'share', message: 'From 0.05 to 0.5' }] });
  }
  const { state, moment } = await reckonActions(ctx);
  if (state.analysisDate !== null) throw new AppError('conflict', 'Figures are as of a past day: choose the live analysis date in the settings first, so that there are orders to measure');
  const kept = Math.fround(share), id = v7(), salt = crypto.randomUUID();
  const begun = await beginHoldout(
    audited(ctx, { action: 'actions.holdout_started', target: { kind: 'holdout', id }, detail: { share } }).db,
    { id, share: kept, salt, startedOn: addDays(moment.asOf, 1) }, { ...moment, holdout: { salt, share: kept } },
  );
  if (begun === null) throw new AppError('conflict', 'Customers are held out already: stop that first, or let it go on');
  return getHoldout(ctx);
}

/** Everybody has actions again; what was measured is kept. @throws AppError `not_found` while nobody is held out */
export async function stopHoldout(ctx: TenantContext): Promise<HoldoutView> {
  requirePermission(ctx, 'actions:manage');
  const { state, basis: { running }, moment } = await reckonActions(ctx);
  if (running === null) throw new AppError('not_found', 'Nobody is held out just now');
  const result = await measure(ctx, running, moment.asOf, state.currency) ?? { format: 1 as const, currency: state.currency, until: running.startedOn, rows: [], days: [] };
  const ended = await endHoldout(audited(ctx, { action: 'actions.holdout_stopped', target: { kind: 'holdout', id: running.id } }).db, running.id, moment.asOf, result);
  if (!ended) throw new AppError('not_found', 'Nobody is held out just now');
  return getHoldout(ctx);
}

/** @throws AppError `invalid_input` */
export async function changeAssumptions(ctx: TenantContext, change: AssumptionsChange): Promise<HoldoutView> {
  requirePermission(ctx, 'actions:manage');
  const { assumptions } = await readActionBasis(ctx.db);
  const wanted = assumptionsWith(assumptions, change);
  if (JSON.stringify(wanted) !== JSON.stringify(assumptions)) {
    await keepAssumptions(audited(ctx, { action: 'actions.assumptions_changed', detail: { ...change } }).db, wanted);
  }
  return getHoldout(ctx);
}

/** At night: gains are reckoned with what was measured up to yesterday. Answers whether one runs. */
export async function renewLift(ctx: TenantContext): Promise<{ running: boolean }> {
  const [state, { running }] = await Promise.all([requireState(ctx), readActionBasis(ctx.db)]);
  if (running === null) return { running: false };
  const result = await measure(ctx, running, asOfDay(ctx, state), state.currency);
  if (result !== null) await keepLift(ctx.db, running.id, result);
  return { running: true };
}

function liftView({ startedOn }: HoldoutRow, { currency, until, rows, days }: LiftResult): LiftView {
  const [acted, heldOut] = armsOf(rows, null);
  const orders = differenceOf('orders', acted, heldOut), net = differenceOf('net', acted, heldOut);
  const times = (value: number | null): number | null => (value === null ? null : Math.round(value * acted.customers));
  return {
    currency, from: startedOn, through: addDays(until, -1), days: Math.max(0, dayNumber(until) - dayNumber(startedOn)), acted: acted.customers, heldOut: heldOut.customers, orders, net,
    total: { value: times(net.difference) ?? 0, low: times(net.low), high: times(net.high) }, verdict: verdictOf(orders, net, acted.customers, heldOut.customers),
    actions: ACTIONS.flatMap(({ id, isMeasured }) => {
      const [a, h] = armsOf(rows, id), found = isMeasured ? measuredResponse(a, h) : null;
      return a.customers + h.customers === 0 ? [] : [{
        id, name: ACTION_NAMES[id].name, acted: a.customers, heldOut: h.customers, orders: differenceOf('orders', a, h),
        response: found === null ? null : { value: found.response, low: found.response - 1.96 * found.standardError, high: found.response + 1.96 * found.standardError },
      }];
    }),
    series: seriesOf(startedOn, until, days, acted.customers, heldOut.customers),
  };
}

function verdictOf(orders: Difference, net: Difference, acted: number, heldOut: number): string {
  if (acted < 2 || heldOut < 2) return 'Too few customers had an action to compare anything.';
  if (net.isSure && net.difference > 0) return 'Those acted on brought more than those held out, by more than chance explains.';
  if (net.isSure) return 'Those acted on brought less than those held out, by more than chance explains: look at what they were sent.';
  if (orders.isSure) return `Those acted on ordered ${orders.difference > 0 ? 'more' : 'less'} often, by more than chance explains; whether that brought ${orders.difference > 0 ? 'more' : 'less'} money is not yet distinguishable from chance.`;
  return 'The difference is not yet distinguishable from chance.';
}

function seriesOf(from: string, until: string, days: LiftResult['days'], acted: number, heldOut: number): LiftView['series'] {
  const length = Math.max(0, dayNumber(until) - dayNumber(from)), step = Math.max(1, Math.ceil(length / MOST_POINTS));
  const byDay = new Map<string, { acted: number; heldOut: number }>();
  for (const { day, heldOut: isHeldOut, net } of days) {
    const known = byDay.get(day) ?? { acted: 0, heldOut: 0 };
    byDay.set(day, isHeldOut ? { ...known, heldOut: net } : { ...known, acted: net });
  }
  const sum = { acted: 0, heldOut: 0 }, series: LiftView['series'] = [];
  for (let n = 0; n < length; n++) {
    const day = addDays(from, n), found = byDay.get(day);
    sum.acted += found?.acted ?? 0;
    sum.heldOut += found?.heldOut ?? 0;
    if (n % step === 0 || n === length - 1) series.push({ day, acted: Math.round(sum.acted / Math.max(1, acted)), heldOut: Math.round(sum.heldOut / Math.max(1, heldOut)) });
  }
  return series;
}

function planOf({ customers, orders, ordersSquared, effect }: PowerRow): HoldoutPlanView {
  const mean = orders / Math.max(1, customers);
  const variancePerDay = Math.max(0, ordersSquared / Math.max(1, customers) - mean * mean) / POWER_DAYS;
  const assumedEffect = effect / Math.max(1, customers), effectPerDay = assumedEffect / POWER_DAYS;
  return {
    customers, assumedEffect,
    shares: SHARES.map((share) => ({
      share, days: daysNeeded({ customers, share, variancePerDay, effectPerDay }), customersFor30Days: customersNeeded(POWER_DAYS, { share, variancePerDay, effectPerDay }),
      smallestSeenIn30Days: smallestSeen(POWER_DAYS, { customers, share, variancePerDay }),
    })),
  };
}

