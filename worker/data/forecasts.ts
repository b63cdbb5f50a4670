/** What forecasts read (days in sum, and some customers' days), and those that were kept. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { FORECASTERS } from '#core/forecast/choose';
import type { Measure } from '#core/forecast/choose';
import type { PeriodKind } from '#core/forecast/series';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

const days = z.object({ day: z.array(z.number()), net: z.array(z.number()), orders: z.array(z.number()) });
export type DaySeries = z.infer<typeof days>;

const period = z.object({ from: z.number(), to: z.number(), value: z.number(), low: z.number(), high: z.number(), soFar: z.number().nullable() });
const backtest = z.object({ name: z.enum(FORECASTERS), mae: z.number().nullable(), relative: z.number().nullable(), bias: z.number().nullable(), share: z.number().nullable() });

/** `forecasts.content`: versioned, so that what an older version kept is made anew. */
const keptForecast = z.object({
  format: z.literal(1),
  chosen: z.enum(FORECASTERS),
  form: z.string().nullable(),
  periods: z.array(period),
  backtest: z.array(backtest),
  origins: z.number(),
  errors: z.number(),
  notes: z.array(z.string()),
  /** The whole periods it rests on: where they begin, and what fell into each. */
  restsOn: z.object({ from: z.number().nullable(), values: z.array(z.number()) }),
  /** Customers whose histories were asked; 0 where none were. */
  buyers: z.number(),
});
export type KeptForecast = z.infer<typeof keptForecast>;

const kept = z.object({ content: z.unknown(), made_at: z.string() });

export interface ForecastBasis {
  series: DaySeries;
  /** Null where none was kept for that day and way of counting. */
  kept: (KeptForecast & { madeAt: string }) | null;
}

const daySeries = (company: string, through: string) => sql`select coalesce(array_agg(r.day - '1970-01-01'::date order by r.day), '{}') as day,
  coalesce(array_agg((r.gross - r.refunded)::float8 order by r.day), '{}') as net, coalesce(array_agg(r.orders order by r.day), '{}') as orders
  from daily_rollup r where r.company_id = ${company} and r.day <= ${through}::date`;

/** All days up to `through` that something happened on, and the kept forecast, in one round trip. */
export async function readForecastBasis(db: TenantDb, at: { measure: Measure; by: PeriodKind; through: string; epoch: number }): Promise<ForecastBasis> {
  const [series, rows] = await db.transaction([
    query(days, daySeries(db.companyId, at.through)),
    query(kept, sql`select content, made_at from forecasts where company_id = ${db.companyId} and measure = ${at.measure} and period = ${at.by}
      and as_of = ${at.through}::date and epoch = ${at.epoch}`),
  ]);
  const row = rows[0];
  const content = keptForecast.safeParse(row?.content);
  return { series: series[0] ?? { day: [], net: [], orders: [] }, kept: row && content.success ? { ...content.data, madeAt: row.made_at } : null };
}

const buyer = z.object({ day: z.array(z.number()), net: z.array(z.number()) });

/** Purchase days of some customers, as many as have about `mostDays` of them together; ids are hashes, so they are no particular ones. */
export async function readBuyerDays(db: TenantDb, through: string, mostDays: number): Promise<{ series: DaySeries; buyers: z.infer<typeof buyer>[] }> {
  const company = db.companyId;
  const [series, buyers] = await db.transaction([
    query(days, daySeries(company, through)),
    query(buyer, sql`with total as (select greatest(1, coalesce(avg(purchase_days), 1)) as mean from customer_stats where company_id = ${company} and purchase_days > 0),
      chosen as (select s.customer_id from customer_stats s where s.company_id = ${company} and s.purchase_days > 0
        order by s.customer_id limit (select ceil(${mostDays} / mean)::int from total))
      select array_agg(d.day - '1970-01-01'::date order by d.day) as day, array_agg(d.order_net::float8 order by d.day) as net
      from chosen join customer_day d on d.company_id = ${company} and d.customer_id = chosen.customer_id and d.purchases > 0 and d.day <= ${through}::date
      group by d.customer_id`),
  ]);
  return { series: series[0] ?? { day: [], net: [], orders: [] }, buyers };
}

export interface ForecastToKeep {
  measure: Measure;
  by: PeriodKind;
  content: KeptForecast;
}

/** Those of an older day or another way of counting give way. */
export async function keepForecasts(db: TenantDb, { through, epoch, madeAt }: { through: string; epoch: number; madeAt: string }, made: readonly ForecastToKeep[]): Promise<void> {
  await db.transaction(made.map(({ measure, by, content }) => command(sql`insert into forecasts (company_id, measure, period, as_of, epoch, content, made_at)
    values (${db.companyId}, ${measure}, ${by}, ${through}::date, ${epoch}, ${JSON.stringify(content)}::jsonb, ${madeAt})
    on conflict (company_id, measure, period) do update set as_of = excluded.as_of, epoch = excluded.epoch, content = excluded.content, made_at = excluded.made_at`)));
}
