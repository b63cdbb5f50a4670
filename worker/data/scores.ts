/** Scores: which customers need one, how they are written back, and what scoring reads of the tenant. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { pgArray, unnest } from './sql-arrays.ts';
import { seqNow } from './tenant-lock.ts';
import { unseen } from './unseen-tenant.ts';

/** What a score is made from; `version` is handed back with the score. */
export const scorable = z.object({
  customer_id: z.string(),
  version: z.number(),
  orders: z.number(),
  purchase_days: z.number(),
  first_day: z.string().nullable(),
  last_day: z.string().nullable(),
  previous_day: z.string().nullable(),
  gross: z.number(),
  historical_value: z.number(),
  repeat_spend: z.number(),
});
export type Scorable = z.infer<typeof scorable>;

const columns = sql.raw('s.customer_id, s.version, s.orders, s.purchase_days, s.first_day, s.last_day, s.previous_day, s.gross, s.historical_value, s.repeat_spend');

/** Customers whose statistics changed since they were scored: found by index, so a crash in between heals itself. */
export function selectUnscored(company: string, limit: number): SQL {
  return sql`select ${columns} from customer_stats s where s.company_id = ${company} and s.scored_version <> s.version limit ${limit}`;
}

/** A page of all customers, by id, for a wave over the whole tenant. */
export function selectScorableAfter(company: string, afterId: string, limit: number): SQL {
  return sql`select ${columns} from customer_stats s where s.company_id = ${company} and s.customer_id > ${afterId} order by s.customer_id limit ${limit}`;
}

export interface ScoreRow {
  customerId: string;
  version: number;
  pAlive: number | null;
  expectedOrders: number | null;
  expectedSpend: number | null;
  predictedValue: number;
  predictedLow: number;
  predictedHigh: number;
  /** Which model says so. */
  predictedBy: 'learned' | 'probabilistic' | null;
  totalValue: number;
  nextOrderDay: string | null;
  recencyScore: number;
  frequencyScore: number;
  monetaryScore: number;
  stage: string | null;
  /** Probability of no order within the horizon, and which model says so. */
  churn: number | null;
  churnBy: 'learned' | 'rhythm' | null;
}

/** What a score was made under; scores made under anything older are not written. */
export interface ScoreBasis {
  modelRunId: string | null;
  epoch: number;
  /** YYYY-MM-DD the scores are as of. */
  scoredFor: string;
}

/** Writes scores against the version they were made from; a customer that changed meanwhile stays unscored for the winner. */
export function writeScores(company: string, scores: ScoreRow[], { modelRunId, epoch, scoredFor }: ScoreBasis): SQL {
  return sql`update customer_stats s set p_alive = u.p_alive, expected_orders = u.expected_orders, expected_spend = u.expected_spend,
      predicted_value = u.predicted_value, predicted_low = u.predicted_low, predicted_high = u.predicted_high, total_value = u.total_value,
      next_order_day = u.next_order_day, recency_score = u.r, frequency_score = u.f, monetary_score = u.m, stage = u.stage,
      churn = u.churn, churn_by = u.churn_by, predicted_by = u.predicted_by,
      scored_version = s.version, scored_for = ${scoredFor}, seq = ${seqNow}
    from ${unnest('u', [
      ['id', 'uuid', scores.map((s) => s.customerId)],
      ['version', 'bigint', scores.map((s) => s.version)],
      ['p_alive', 'real', scores.map((s) => s.pAlive)],
      ['expected_orders', 'real', scores.map((s) => s.expectedOrders)],
      ['expected_spend', 'bigint', scores.map((s) => s.expectedSpend)],
      ['predicted_value', 'bigint', scores.map((s) => s.predictedValue)],
      ['predicted_low', 'bigint', scores.map((s) => s.predictedLow)],
      ['predicted_high', 'bigint', scores.map((s) => s.predictedHigh)],
      ['total_value', 'bigint', scores.map((s) => s.totalValue)],
      ['next_order_day', 'date', scores.map((s) => s.nextOrderDay)],
      ['r', 'smallint', scores.map((s) => s.recencyScore)],
      ['f', 'smallint', scores.map((s) => s.frequencyScore)],
      ['m', 'smallint', scores.map((s) => s.monetaryScore)],
      ['stage', 'text', scores.map((s) => s.stage)],
      ['churn', 'real', scores.map((s) => s.churn)],
      ['churn_by', 'text', scores.map((s) => s.churnBy)],
      ['predicted_by', 'text', scores.map((s) => s.predictedBy)],
    ])}
    where s.company_id = ${unseen(company)} and s.customer_id = u.id and s.version = u.version and s.customer_id = any(${pgArray('uuid', scores.map((row) => row.customerId))})
      and exists (select from tenant_clock k where k.company_id = ${company} and k.epoch = ${epoch} and k.serving_model is not distinct from ${modelRunId}::uuid)`;
}
