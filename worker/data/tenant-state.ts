/** What scoring and derived views need to know of a tenant, in one read. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ClosedBooks } from '#core/commerce/closed-books';
import type { RfmCuts } from '#core/rfm/rfm';
import type { RfmThresholds } from '#core/rfm/thresholds';
import { tenantModelSchema } from '#core/clv/tenant-model';
import type { TenantModel } from '#core/clv/tenant-model';
import { rfmThresholdsOf } from './company.ts';
import type { Lacks } from './ingest.ts';
import type { TenantDb } from './tenant.ts';

const rfmCutsSchema = z.object({ recency: z.array(z.number()), frequency: z.array(z.number()), monetary: z.array(z.number()) });

/** `model_runs.parameters`: versioned so that old rows stay readable. */
export const storedModelSchema = z.object({
  format: z.literal(1),
  model: tenantModelSchema,
  /** Median days between purchase days over all customers; null without repeats. */
  medianGapDays: z.number().nullable(),
});
export type StoredModel = z.infer<typeof storedModelSchema>;

const row = z.object({
  currency: z.string(), time_zone: z.string(), analysis_date: z.string().nullable(), horizon_days: z.number(), discount_rate: z.number(),
  count_zero_orders: z.boolean(), revenue_basis: z.string(), has_erasures: z.boolean(), has_segments: z.boolean(), has_payments: z.boolean(), has_refunds: z.boolean(), closed_before: z.string().nullable(), opens_at: z.string().nullable(),
  epoch: z.number(), seq: z.number(), looked: z.boolean(), rfm_cuts: rfmCutsSchema.nullable(), settings: z.record(z.string(), z.unknown()), serving_model: z.string().nullable(), parameters: storedModelSchema.nullable(),
  churn_id: z.string().nullable(), churn_file: z.string().nullable(), churn_horizon: z.number().nullable(),
  spend_id: z.string().nullable(), spend_model: z.string().nullable(), spend_file: z.string().nullable(), spend_horizon: z.number().nullable(),
  test_id: z.string().nullable(), test_share: z.number().nullable(), test_a: storedModelSchema.nullable(), test_b: storedModelSchema.nullable(),
});

export interface TenantState {
  currency: string;
  timeZone: string;
  analysisDate: string | null;
  horizonDays: number;
  discountAnnual: number;
  countZeroOrders: boolean;
  /** net_sales | with_shipping | total_paid */
  revenueBasis: string;
  /** Whether anybody was erased: only then batches carry the hashes that a tombstone is known by. */
  hasErasures: boolean;
  /** Whether a segment is live: only then memberships are looked at. */
  hasSegments: boolean;
  /** What no batch needs to ask of the books, because they have none of it. */
  lacks: Lacks;
  /** Null while no day is closed. */
  closed: ClosedBooks | null;
  epoch: number;
  /** The tenant's sequence, at least when this was read. */
  seq: number;
  /** Whether somebody looked lately: then what is written is handed to the live object at once. */
  looked: boolean;
  cuts: RfmCuts | null;
  thresholds: RfmThresholds;
  modelRunId: string | null;
  model: TenantModel | null;
  medianGapDays: number | null;
  /** The learned churn model that serves, and the horizon it speaks for. */
  churn: { id: string; fileKey: string; horizonDays: number } | null;
  /** The learned model of spend that serves; null: the model of repeat buying says what customers are worth. */
  spend: { id: string; model: string; fileKey: string; horizonDays: number } | null;
  /** Two versions under test: customers are parted by `armOf`, and each is scored by hers. */
  test: { id: string; share: number; a: TenantModel; b: TenantModel } | null;
}

/** From a company's `closed_before` and the instant at which that day begins. */
export function closedBooks(before: string | null, opensAt: string | null): ClosedBooks | null {
  return before === null || opensAt === null ? null : { before, opensAt };
}

/** Null when the company does not exist (any more). */
export async function readTenantState(db: TenantDb): Promise<TenantState | null> {
  const found = await db.first(row, sql`select c.currency, c.time_zone, c.analysis_date, c.horizon_days, c.discount_rate, c.count_zero_orders, c.revenue_basis,
      exists (select from erased_identities e where e.company_id = c.id) as has_erasures, exists (select from segments g where g.company_id = c.id and g.status = 'live') as has_segments,
      exists (select from payment_keys p where p.company_id = c.id) as has_payments, exists (select from transaction_keys k where k.company_id = c.id and k.order_external_id is not null) as has_refunds,
      c.closed_before, c.closed_before::timestamp at time zone c.time_zone as opens_at,
      c.settings, k.epoch, k.seq, coalesce(k.looked_until > now(), false) as looked, k.rfm_cuts, k.serving_model, m.parameters, l.id as churn_id, l.file_key as churn_file, l.horizon_days as churn_horizon,
      p.id as spend_id, p.model as spend_model, p.file_key as spend_file, p.horizon_days as spend_horizon,
      t.id as test_id, t.share as test_share, t.a as test_a, t.b as test_b
    from companies c join tenant_clock k on k.company_id = c.id
    left join model_runs m on m.company_id = c.id and m.id = k.serving_model
    left join learned_models l on l.company_id = c.id and l.id = k.serving_churn
    left join learned_models p on p.company_id = c.id and p.id = k.serving_spend
    left join model_tests t on t.company_id = c.id and t.state = 'running' where c.id = ${db.companyId}`);
  if (!found) return null;
  return {
    currency: found.currency, timeZone: found.time_zone, analysisDate: found.analysis_date, horizonDays: found.horizon_days,
    discountAnnual: found.discount_rate, countZeroOrders: found.count_zero_orders, revenueBasis: found.revenue_basis, hasErasures: found.has_erasures, hasSegments: found.has_segments, lacks: { payments: !found.has_payments, refunds: !found.has_refunds, segments: !found.has_segments }, closed: closedBooks(found.closed_before, found.opens_at), epoch: found.epoch, seq: found.seq, looked: found.looked, cuts: found.rfm_cuts, thresholds: rfmThresholdsOf(found.settings),
    modelRunId: found.serving_model, model: found.parameters?.model ?? null, medianGapDays: found.parameters?.medianGapDays ?? null,
    churn: found.churn_id === null || found.churn_file === null || found.churn_horizon === null ? null : { id: found.churn_id, fileKey: found.churn_file, horizonDays: found.churn_horizon },
    spend: found.spend_id === null || found.spend_model === null || found.spend_file === null || found.spend_horizon === null ? null
      : { id: found.spend_id, model: found.spend_model, fileKey: found.spend_file, horizonDays: found.spend_horizon },
    test: found.test_id === null || found.test_share === null || found.test_a === null || found.test_b === null ? null : { id: found.test_id, share: found.test_share, a: found.test_a.model, b: found.test_b.model },
  };
}
