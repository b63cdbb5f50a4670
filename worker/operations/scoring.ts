/** Scores customers with the tenant's current model, writes the scores back and feeds the live object, in one round trip a wave. */
import { scoreAll, NO_DAY } from '#core/clv/score';
import type { ScoreColumns, ScoringParams } from '#core/clv/score';
import { fitTenant, scoringParams } from '#core/clv/tenant-model';
import type { TenantModel } from '#core/clv/tenant-model';
import { armOf } from '#core/clv/version-test';
import { STAGES } from '#core/clv/lifecycle';
import { dayText, dayNumber } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { scoreAgainst } from '#core/rfm/rfm';
import { feedQueries, toFeed } from '#data/feed';
import { taken, takeSequence } from '#data/tenant-lock';
import { scorable, selectScorableAfter, selectUnscored, writeScores } from '#data/scores';
import type { Scorable, ScoreRow } from '#data/scores';
import { command, query } from '#data/tenant';
import { readTenantState } from '#data/tenant-state';
import type { TenantState } from '#data/tenant-state';
import { AppError } from '#core/errors';
import type { TenantContext } from '#worker/ports';
import { learnedAnswers, NOTHING_LEARNED } from './learned-scores.ts';
import type { LearnedAnswers } from './learned-scores.ts';
import { applyFeed, feedLive } from './live-feed.ts';
import { evaluateSegments } from './segment-evaluation.ts';

/** Customers scored and written at once. */
export const WAVE = 2000;
/**
 * After orders, up to so many customers at once are scored by the learned models too, which read all their purchases:
 * a round trip and some ten microseconds a purchase day. In a flood the model of repeat buying speaks until the night.
 */
const FEW = 200;
/** Waves of fewer customers are not handed to the live object while nobody looks: whoever looks first reads them in one page. */
const LEAST_FED_UNSEEN = 200;

/** The tenant-local day that figures are as of: the analysis date, or today. */
export function asOfDay(ctx: TenantContext, state: Pick<TenantState, 'analysisDate' | 'timeZone'>): string {
  return state.analysisDate ?? localDay(ctx.clock.now(), state.timeZone);
}

/** @throws AppError `not_found` when the company is gone */
export async function requireState(ctx: TenantContext): Promise<TenantState> {
  const state = await readTenantState(ctx.db);
  if (!state) throw new AppError('not_found', 'There is no such company');
  return state;
}

/** Before the first fit the shipped prior speaks, around the mean order value of the customers at hand, to two digits. */
function aroundMeanOrder(rows: readonly Scorable[]): { name: string; model: () => TenantModel } {
  let gross = 0, orders = 0;
  for (const row of rows) { gross += row.gross; orders += row.orders; }
  const meanOrderValue = orders > 0 ? Number((gross / orders).toPrecision(2)) : 0;
  const none = new Float64Array(0);
  return { name: `around ${meanOrderValue}`, model: () => fitTenant({ x: none, tx: none, T: none }, { meanOrderValue }) };
}

/** Parameters by model run and settings: with them go the tables that scoring fills, so that the next wave finds them. */
const known = new Map<string, ScoringParams>();
const MOST_KNOWN = 32;

function paramsFor(state: TenantState, rows: readonly Scorable[]): ScoringParams {
  const { horizonDays, discountAnnual, medianGapDays } = state;
  const serving = state.model;
  const { name, model } = serving === null || state.modelRunId === null ? aroundMeanOrder(rows) : { name: state.modelRunId, model: () => serving };
  const key = `${name} ${horizonDays} ${discountAnnual} ${medianGapDays}`;
  const params = known.get(key) ?? scoringParams(model(), { horizonDays, discountAnnual, medianGapDays });
  known.delete(key);
  known.set(key, params);
  for (const oldest of known.keys()) if (known.size > MOST_KNOWN) known.delete(oldest);
  return params;
}

/** Scores of `rows`: by the version that serves, or by each customer's own while two are tested. */
function scoreRows(rows: readonly Scorable[], state: TenantState, asOf: string, learned: LearnedAnswers): ScoreRow[] {
  const { test } = state;
  if (test === null) return scoreBy(rows, state, asOf, learned);
  return (['a', 'b'] as const).flatMap((arm) => {
    const own = rows.filter((row) => armOf(row.customer_id, test.id, test.share) === arm);
    // A is what served when the test began, learned values included; B values its own.
    return scoreBy(own, { ...state, model: test[arm], modelRunId: `${test.id} ${arm}` }, asOf, arm === 'a' ? learned : { ...learned, spend: null });
  });
}

/** Pure but for the day it is asked for: scores of `rows`, aligned with them. */
function scoreBy(rows: readonly Scorable[], state: TenantState, asOf: string, learned: LearnedAnswers): ScoreRow[] {
  const today = dayNumber(asOf);
  const count = rows.length;
  const columns: ScoreColumns & { previousDay: Int32Array } = {
    purchaseDays: new Int32Array(count), firstDay: new Int32Array(count), lastDay: new Int32Array(count),
    previousDay: new Int32Array(count), repeatSpend: new Float64Array(count), asOfDay: today,
  };
  rows.forEach((row, i) => {
    columns.purchaseDays[i] = row.purchase_days;
    columns.firstDay[i] = row.first_day === null ? today : dayNumber(row.first_day);
    columns.lastDay[i] = row.last_day === null ? today : dayNumber(row.last_day);
    columns.previousDay[i] = row.previous_day === null ? NO_DAY : dayNumber(row.previous_day);
    columns.repeatSpend[i] = row.repeat_spend;
  });
  const scores = scoreAll(columns, paramsFor(state, rows));
  return rows.map((row, i): ScoreRow => {
    if (row.purchase_days < 1 || row.last_day === null) return unscored(row);
    const said = learned.spend?.get(row.customer_id);
    const worth = (byLearned: number | undefined, byOrders: number | undefined): number => (byLearned === undefined ? (byOrders ?? 0) : Math.round(byLearned * (scores.discount[i] ?? 1)));
    const predictedValue = worth(said?.value, scores.predictedValue[i]);
    const churn = learned.churn?.get(row.customer_id);
    const nextOrderDays = scores.nextOrderDays[i] ?? -1;
    const rfm = state.cuts
      ? scoreAgainst(state.cuts, { lastDay: dayNumber(row.last_day), frequency: row.purchase_days, monetary: row.historical_value })
      : { r: 0, f: 0, m: 0 };
    return {
      customerId: row.customer_id, version: row.version, pAlive: scores.pAlive[i] ?? 0, expectedOrders: scores.expectedOrders[i] ?? 0,
      expectedSpend: scores.expectedSpendPerOrder[i] ?? 0, predictedValue,
      predictedLow: worth(said?.low, scores.predictedLow[i]), predictedHigh: worth(said?.high, scores.predictedHigh[i]), predictedBy: said ? 'learned' : 'probabilistic', totalValue: row.historical_value + predictedValue,
      nextOrderDay: nextOrderDays < 0 ? null : dayText(today + nextOrderDays),
      recencyScore: rfm.r, frequencyScore: rfm.f, monetaryScore: rfm.m, stage: STAGES[scores.stage[i] ?? 0] ?? null,
      churn: churn ?? scores.silent[i] ?? null, churnBy: churn === undefined ? 'rhythm' : 'learned',
    };
  });
}

/** Someone whose orders all fell away: nothing expected, nothing claimed. */
function unscored(row: Scorable): ScoreRow {
  return {
    customerId: row.customer_id, version: row.version, pAlive: null, expectedOrders: null, expectedSpend: null, predictedValue: 0, predictedLow: 0,
    predictedHigh: 0, predictedBy: null, totalValue: row.historical_value, nextOrderDay: null, recencyScore: 0, frequencyScore: 0, monetaryScore: 0, stage: null, churn: null, churnBy: null,
  };
}

/** One wave: write the scores and, where somebody looks, read what the live object lacks in the same transaction, then hand it over. */
async function writeWave(ctx: TenantContext, rows: readonly Scorable[], state: TenantState, mostLearned: number): Promise<void> {
  const position = state.looked || rows.length >= LEAST_FED_UNSEEN ? await ctx.live.position() : null;
  const asOf = asOfDay(ctx, state);
  const company = ctx.companyId;
  const learned = rows.length <= mostLearned ? await learnedAnswers(ctx, state, rows.map((row) => row.customer_id), asOf) : NOTHING_LEARNED;
  ctx.failpoints.reach('before-score');
  const writes = [
    query(taken, takeSequence(company)),
    command(writeScores(company, scoreRows(rows, state, asOf, learned), { modelRunId: state.modelRunId, epoch: state.epoch, scoredFor: asOf })),
  ] as const;
  if (position === null) {
    const [clock] = await ctx.db.write(writes);
    ctx.failpoints.reach('after-score');
    // Somebody has begun to look since the state was read.
    if (clock[0]?.looked === true) await feedLive(ctx);
    return;
  }
  const [, , clocks, customers, days] = await ctx.db.write([...writes, ...feedQueries(company, position)] as const);
  ctx.failpoints.reach('after-score');
  const feed = toFeed(position, clocks, customers, days);
  const reached = await applyFeed(ctx, feed);
  ctx.failpoints.reach('after-apply');
  if (!feed.complete || reached.seq !== feed.to.seq || reached.epoch !== feed.to.epoch) await feedLive(ctx);
}

/** Customers whose statistics are newer than their score, one wave of them. */
export async function readUnscored(ctx: TenantContext): Promise<Scorable[]> {
  return ctx.db.rows(scorable, selectUnscored(ctx.companyId, WAVE));
}

/**
 * Scores everyone whose statistics are newer than their score, `known` first, and brings the live object up to date where
 * somebody looks. Whatever a crash left unscored is found here again.
 */
export async function scorePending(ctx: TenantContext, state: TenantState, known: readonly Scorable[]): Promise<void> {
  let rows = known;
  if (rows.length === 0 && state.looked) await feedLive(ctx);
  let current = state;
  while (rows.length > 0) {
    await writeWave(ctx, rows, current, FEW);
    if (rows.length < WAVE) break;
    rows = await readUnscored(ctx);
    current = await requireState(ctx);
  }
  await evaluateSegments(ctx, current);
}

/** Scores what is unscored and brings the live object up to date. */
export async function catchUp(ctx: TenantContext): Promise<void> {
  await scorePending(ctx, await requireState(ctx), await readUnscored(ctx));
  await feedLive(ctx);
}

/** Scores every customer of the tenant anew, page by page; `afterId` resumes a wave. Answers where the next page starts, null at the end. */
export async function rescorePage(ctx: TenantContext, state: TenantState, afterId: string): Promise<string | null> {
  const rows = await ctx.db.rows(scorable, selectScorableAfter(ctx.companyId, afterId, WAVE));
  const last = rows.at(-1);
  if (!last) return null;
  await writeWave(ctx, rows, state, WAVE);
  await evaluateSegments(ctx, state, { kind: 'score', what: state.modelRunId });
  return rows.length < WAVE ? null : last.customer_id;
}
