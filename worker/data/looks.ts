/** Whether somebody looks at a tenant, and the fits that a growing shop asks for meanwhile. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { TenantDb } from './tenant.ts';

/** A look counts this long. */
const LOOK_MINUTES = 15;
/** With more than this left it is not written again, so that nobody who looks waits for who writes. */
const RENEWED_BELOW_MINUTES = 10;
/** Who looks takes less than this for over: a writer that finds it over has begun after we asked. */
const MARGIN_MINUTES = 1;

/**
 * Keeps that somebody looks. The row is the one that every writer takes its sequence from, and tells whether to feed: a
 * writer comes after this, and feeds, or before it, and is read by the feed that follows.
 * @returns whether what was written until now was fed
 */
export async function keepLook(db: TenantDb): Promise<boolean> {
  const found = await db.first(z.object({ fed: z.boolean() }), sql`with before as (select coalesce(looked_until > now() + make_interval(mins => ${MARGIN_MINUTES}), false) as fed from tenant_clock where company_id = ${db.companyId}),
    kept as (update tenant_clock set looked_until = now() + make_interval(mins => ${LOOK_MINUTES})
      where company_id = ${db.companyId} and (looked_until is null or looked_until < now() + make_interval(mins => ${RENEWED_BELOW_MINUTES})))
    select fed from before`);
  return found?.fed ?? false;
}

export interface GrowthRule {
  /** A shop fitted on so many customers has settled. */
  grownUp: number;
  /** Seconds from one fit to the next. */
  apart: number;
  /** Seconds after which a fit that never came is asked for anew. */
  lostAfter: number;
}

/**
 * Claims the fit of a growth step: when customers have doubled since the fit that serves and since the last claim, and
 * none is on its way. Whoever asks at the same time is told null.
 * @returns seconds until the fit is due
 */
export async function claimGrowth(db: TenantDb, { grownUp, apart, lostAfter }: GrowthRule): Promise<number | null> {
  const company = db.companyId;
  const found = await db.first(z.object({ delay: z.number() }), sql`with fitted as (
      select coalesce((m.parameters -> 'model' -> 'behaviour' ->> 'n')::numeric, 0) as n
      from tenant_clock k left join model_runs m on m.company_id = k.company_id and m.id = k.serving_model where k.company_id = ${company}),
    now_are as (select count(*)::int as n from (select from customer_stats s where s.company_id = ${company} and s.purchase_days > 0 limit ${2 * grownUp}) s)
    update tenant_clock k set grown_to = now_are.n, grown_at = greatest(now(), k.grown_at + make_interval(secs => ${apart}))
    from fitted, now_are where k.company_id = ${company} and fitted.n < ${grownUp} and now_are.n >= greatest(1, 2 * fitted.n)
      and (k.grown_at is null or k.grown_at <= now())
      and (now_are.n >= 2 * coalesce(k.grown_to, 0) or k.grown_at < now() - make_interval(secs => ${lostAfter}))
    returning extract(epoch from k.grown_at - now())::float8 as delay`);
  return found?.delay ?? null;
}
