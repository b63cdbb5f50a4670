/** Asks both executions of the filter language the same, and finds the smallest tree on which they differ. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { quantile } from '#core/math/quantile';
import { CUT_POINTS, cutKey, distinctQuantities } from '#core/segments/cuts';
import { quantityOf } from '#core/segments/evaluate';
import type { CustomerFacts } from '#core/segments/facts';
import type { Filter } from '#core/segments/filter';
import { match, matches } from '#core/segments/match';
import { readsOf } from '#core/segments/reads';
import { everybody } from '#data/everybody';
import { filterToSql } from '#data/filter-to-sql';
import { freezeCuts, readCuts } from '#data/percentile-cuts';
import { loadFacts } from '#data/segment-facts';
import { query } from '#data/tenant';
import type { TenantDb } from '#data/tenant';
import { smaller } from './segment-trees.ts';
import type { World } from './segment-world.ts';

interface Wrong {
  tree: Filter;
  customer: string;
  inPostgres: boolean;
}

/** Statements a round trip. */
const AT_ONCE = 25;

async function inPostgres(db: TenantDb, trees: readonly Filter[], { moment }: World): Promise<Set<string>[]> {
  const found: Set<string>[] = [];
  for (let from = 0; from < trees.length; from += AT_ONCE) {
    const answers = await db.transaction(trees.slice(from, from + AT_ONCE).map((tree) => {
      const all = everybody(moment.companyId, readsOf(tree));
      return query(z.object({ id: z.string() }), sql`select c.id from ${all.from} where ${all.where} and ${filterToSql(tree, moment)}`);
    }));
    found.push(...answers.map((rows) => new Set(rows.map((row) => row.id))));
  }
  return found;
}

/**
 * The world with cuts of everything that the trees ask for: numbers that are kept of everybody have any, so that they meet
 * somebody; what is made of rows is frozen as at night, after which memory finds the same points.
 * @throws Error where they differ
 */
export async function withCuts(db: TenantDb, trees: readonly Filter[], world: World): Promise<World> {
  const reads = readsOf(...trees), made = distinctQuantities(reads.percentiles).filter(({ q }) => q !== 'kept');
  await freezeCuts(db, made, world.moment, world.moment.today);
  const cuts = await readCuts(db), facts = await loadFacts(db, world.customers, reads, world.moment.at);
  for (const one of made) {
    const values = facts.map((customer) => quantityOf(one, customer, world.moment)).filter((value) => value !== null), points = cuts.get(cutKey(one)) ?? [];
    const near = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1) * 1e-12;
    const differ = points.length !== (values.length === 0 ? 0 : CUT_POINTS) || points.some((point, n) => Math.abs(point - quantile(values, n / (CUT_POINTS - 1))) > near);
    if (differ) throw new Error(`Postgres cuts ${cutKey(one)} at ${JSON.stringify(points)}, memory of ${JSON.stringify(values)}`);
  }
  return { ...world, moment: { ...world.moment, cuts: new Map([...cuts, ...world.moment.cuts]) } };
}

/** Facts are loaded once for all trees together, as the product does, and once for each tree alone would be too slow: `alone` does it for some. */
export async function disagreements(db: TenantDb, trees: readonly Filter[], world: World): Promise<{ pairs: number; held: number; wrong: Wrong[] }> {
  const answers = await inPostgres(db, trees, world), facts = await loadFacts(db, world.customers, readsOf(...trees), world.moment.at);
  const wrong: Wrong[] = [];
  let pairs = 0, held = 0;
  for (const [n, tree] of trees.entries()) {
    for (const customer of n % 10 === 0 ? await loadFacts(db, world.customers, readsOf(tree), world.moment.at) : facts) {
      const said = answers[n]?.has(customer.id) ?? false;
      pairs++;
      if (said) held++;
      if (matches(tree, customer, world.moment) !== said) wrong.push({ tree, customer: customer.id, inPostgres: said });
    }
  }
  return { pairs, held, wrong };
}

async function differs(db: TenantDb, tree: Filter, customer: string, world: World): Promise<{ facts: CustomerFacts; inPostgres: boolean } | null> {
  const [answer] = await inPostgres(db, [tree], world), [facts] = await loadFacts(db, [customer], readsOf(tree), world.moment.at);
  if (!facts) throw new Error('The customer has no facts');
  const said = answer?.has(customer) ?? false;
  return matches(tree, facts, world.moment) === said ? null : { facts, inPostgres: said };
}

/** What to look at: the smallest tree that still differs for this customer, and what was known of her. */
export async function shrunk(db: TenantDb, { tree, customer, inPostgres: said }: Wrong, world: World): Promise<string> {
  let least = tree, seen = await differs(db, tree, customer, world);
  if (!seen) return `Postgres says ${said} of ${customer}, memory differs only when facts of other trees are loaded as well: ${JSON.stringify(tree)}`;
  for (let again = true; again;) {
    again = false;
    for (const less of smaller(least)) {
      const still = await differs(db, less, customer, world);
      if (!still) continue;
      [least, seen, again] = [less, still, true];
      break;
    }
  }
  const { at, timeZone } = world.moment;
  return [`Postgres says ${seen.inPostgres} and memory ${!seen.inPostgres} at ${at.toISOString()} in ${timeZone} of`, JSON.stringify(least), 'and of this customer',
    JSON.stringify({ ...seen.facts, segments: [...seen.facts.segments] }), `memory saw ${JSON.stringify(match(least, seen.facts, world.moment))}`].join('\n');
}
