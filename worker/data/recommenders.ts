/** What a recommender is made of, which one serves, and what one customer bought. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { standing } from './customers.ts';
import { localDayOf, NOBODY } from './derive-sql.ts';
import { isMember } from './segment-reads.ts';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

/** What a line sold: by the platform's id, else by what the merchant calls it. */
const PRODUCT = sql.raw('coalesce(i.product_id, i.sku, i.name)');
/** Tastes and ranges change: older purchases say little. */
const YEARS = 2;

/** Lines of counted orders that were not all sent back, of the last two years; `t` is the order, `i` the line. */
function linesOf(company: string, whose: SQL): SQL {
  return sql`transactions t join companies c on c.id = t.company_id join transaction_items i on i.company_id = ${company} and i.transaction_id = t.id
    where t.company_id = ${company} and ${whose} and t.kind = 'order' and t.counted and (t.amount = 0 or t.refunded < t.amount)`;
}

const basket = z.object({ product: z.array(z.string()), day: z.array(z.number()) });
const soldProduct = z.object({ id: z.string(), name: z.string(), category: z.string().nullable() });

export interface Baskets {
  /** One a customer. */
  customers: z.infer<typeof basket>[];
  products: z.infer<typeof soldProduct>[];
}

/** Lines of as many customers as `mostLines` reach; their ids are hashes, so they are no particular ones. @param segment only of its members; null for everybody */
export async function readBaskets(db: TenantDb, through: string, mostLines: number, segment: string | null = null): Promise<Baskets> {
  const company = db.companyId;
  const day = sql.raw(localDayOf('t'));
  const lines = sql`select t.customer_id, ${PRODUCT} as product, ${day} - '1970-01-01'::date as day, i.name, i.category, t.transaction_date as at
    from ${linesOf(company, sql`t.customer_id <> ${NOBODY}::uuid and ${isMember(company, sql`t.customer_id`, segment)} and ${day} <= ${through}::date and t.transaction_date >= ${through}::date - make_interval(years => ${YEARS})`)}
    order by t.customer_id limit ${mostLines}`;
  const [customers, products] = await db.transaction([
    query(basket, sql`select array_agg(l.product order by l.day) as product, array_agg(l.day order by l.day) as day from (${lines}) l group by l.customer_id`),
    query(soldProduct, sql`select distinct on (l.product) l.product as id, l.name, l.category from (${lines}) l order by l.product, l.at desc`),
  ]);
  return { customers, products };
}

const windowText = z.object({ from: z.string(), to: z.string() }).nullable();
const metrics = z.object({ customers: z.number(), hitRate: z.number(), ndcg: z.number() }).nullable();
/** `recommenders.evidence`. */
const evidenceSchema = z.object({
  format: z.literal(1),
  candidates: z.array(z.object({ name: z.string(), settings: z.record(z.string(), z.number()), validation: metrics, test: metrics })),
  validationWindow: windowText, testWindow: windowText,
  customers: z.number(), products: z.number(), gone: z.number(), lines: z.number(), notes: z.array(z.string()),
});
export type RecommenderEvidence = z.infer<typeof evidenceSchema>;

export interface RecommenderRow {
  id: string;
  model: string;
  asOf: string;
  fileKey: string;
  evidence: RecommenderEvidence;
  madeAt: string;
}

const row = z.object({ id: z.string(), model: z.string(), as_of: z.string(), file_key: z.string(), evidence: evidenceSchema, made_at: z.string() });
const replaced = z.object({ file_key: z.string() });

const serving = (company: string) => sql`select id, model, as_of, file_key, evidence, made_at from recommenders where company_id = ${company}`;

/** Lets it serve. Answers the key of the file that no longer does, null where there was none. */
export async function keepRecommender(db: TenantDb, made: RecommenderRow): Promise<string | null> {
  const company = db.companyId;
  const [before] = await db.write([
    query(replaced, sql`select file_key from recommenders where company_id = ${company}`),
    query(z.unknown(), sql`insert into recommenders (company_id, id, model, as_of, file_key, evidence, made_at)
      values (${company}, ${made.id}, ${made.model}, ${made.asOf}::date, ${made.fileKey}, ${JSON.stringify(made.evidence)}::jsonb, ${made.madeAt})
      on conflict (company_id) do update set id = excluded.id, model = excluded.model, as_of = excluded.as_of, file_key = excluded.file_key, evidence = excluded.evidence, made_at = excluded.made_at`),
  ]);
  return before[0]?.file_key ?? null;
}

/** No products are sold any more, or none yet. Answers as `keepRecommender`. */
export async function dropRecommender(db: TenantDb): Promise<string | null> {
  return (await db.first(replaced, sql`delete from recommenders where company_id = ${db.companyId} returning file_key`))?.file_key ?? null;
}

const bought = z.object({ product: z.string(), name: z.string(), times: z.number() });
export type BoughtProduct = z.infer<typeof bought>;

/** Which recommender serves, and what a customer bought, whoever she was merged into, in one round trip. */
export async function readForCustomer(db: TenantDb, customerId: string, through: string): Promise<{ serving: RecommenderRow | null; exists: boolean; bought: BoughtProduct[] }> {
  const company = db.companyId;
  const [rows, known, lines] = await db.transaction([
    query(row, serving(company)),
    query(z.object({ id: z.string() }), sql`select c.id from customers c where c.company_id = ${company} and c.id = ${standing(company, customerId)}`),
    query(bought, sql`select ${PRODUCT} as product, max(i.name) as name, count(*)::int as times
      from ${linesOf(company, sql`t.customer_id = ${standing(company, customerId)} and t.transaction_date >= ${through}::date - make_interval(years => ${YEARS})`)} group by 1`),
  ]);
  const found = rows[0];
  return {
    serving: found ? { id: found.id, model: found.model, asOf: found.as_of, fileKey: found.file_key, evidence: found.evidence, madeAt: found.made_at } : null,
    exists: known.length > 0, bought: lines,
  };
}
