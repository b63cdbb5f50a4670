/** What to offer a customer: a recommender is chosen and kept at night, lists are made when asked for, from purchases as they stand. */
import { z } from 'zod';
import { v7 } from 'uuid';
import { dayNumber, dayText } from '#core/calendar/days';
import { AppError } from '#core/errors';
import { chooseRecommender, type Window } from '#core/recommend/choose';
import { interactions, type PurchaseLines } from '#core/recommend/interactions';
import { readRecommender, writeRecommender } from '#core/recommend/model-file';
import type { RankingMetrics } from '#core/recommend/ranking-metrics';
import { makeServing, NEIGHBOURS, recommendFor, type Product, type ServingModel } from '#core/recommend/serving';
import { dropRecommender, keepRecommender, readBaskets, readForCustomer } from '#data/recommenders';
import type { Baskets, RecommenderEvidence, RecommenderRow } from '#data/recommenders';
import type { TenantContext } from '#worker/ports';
import { TimedMap } from './isolate-memory.ts';
import { requirePermission } from './permissions.ts';
import { inStep } from './runs.ts';
import { asOfDay, requireState } from './scoring.ts';
import type { RecommendationReason, RecommendationsView } from './recommendation-views.ts';

/** Lines that choosing reads: what an isolate holds, and more than enough to tell recommenders apart. */
const MOST_LINES = 200_000;
/** A few seconds of factorising. */
const MOST_WORK = 1e9;
/** A product that one customer alone ever bought says nothing of others, and much of her. */
const LEAST_BUYERS = 2;
/** A product is taken to be gone when it has not sold for this long, and for four times its usual gap. */
const GONE_DAYS = 60;
const GONE_GAPS = 4;
const LIST_LENGTH = 10;
export const MOST_RECOMMENDED = 50;

interface Shelf {
  lines: PurchaseLines;
  products: Product[];
}

/** Baskets by numbers, with the products that at least two customers bought, ascending by id. */
function shelve({ customers, products }: Baskets, asOf: number): Shelf {
  const seen = new Map(products.map(({ id, name, category }) => [id, { id, name, category, buyers: 0, sold: 0, first: Infinity, last: -Infinity }]));
  for (const { product, day } of customers) {
    const own = new Set<string>();
    product.forEach((id, i) => {
      const found = seen.get(id);
      if (!found) return;
      if (!own.has(id)) found.buyers++;
      own.add(id);
      found.sold++;
      found.first = Math.min(found.first, day[i] ?? asOf);
      found.last = Math.max(found.last, day[i] ?? asOf);
    });
  }
  const kept = [...seen.values()].filter(({ buyers }) => buyers >= LEAST_BUYERS).sort((a, b) => (a.id < b.id ? -1 : 1));
  const indexOf = new Map(kept.map(({ id }, index) => [id, index]));
  const count = customers.reduce((sum, { product }) => sum + product.reduce((n, id) => n + (indexOf.has(id) ? 1 : 0), 0), 0);
  const lines: PurchaseLines = { customer: new Int32Array(count), item: new Int32Array(count), day: new Int32Array(count), customers: customers.length, items: kept.length };
  let at = 0;
  customers.forEach(({ product, day }, customer) => {
    product.forEach((id, i) => {
      const item = indexOf.get(id);
      if (item === undefined) return;
      lines.customer[at] = customer;
      lines.item[at] = item;
      lines.day[at++] = day[i] ?? asOf;
    });
  });
  return {
    lines,
    products: kept.map(({ id, name, category, sold, first, last }) => ({ id, name, category, gone: asOf - last > Math.max(GONE_DAYS, (GONE_GAPS * (last - first)) / Math.max(1, sold - 1)) })),
  };
}

/** Chooses by what each would have foreseen, keeps the file, and lets it serve. */
export async function makeRecommender(ctx: TenantContext): Promise<{ products: number; model: string | null }> {
  const state = await requireState(ctx);
  const asOf = asOfDay(ctx, state);
  const { lines, products } = shelve(await readBaskets(ctx.db, asOf, MOST_LINES), dayNumber(asOf));
  if (products.length < 2) {
    await forgetFile(ctx, await dropRecommender(ctx.db));
    return { products: products.length, model: null };
  }
  const ranking = { k: LIST_LENGTH, newOnly: false };
  const choice = chooseRecommender(lines, { ...ranking, neighbours: NEIGHBOURS, mostWork: MOST_WORK });
  const { name, settings } = choice.chosen;
  const model = makeServing(interactions(lines, -Infinity, dayNumber(asOf)), name, name === 'implicit-als' ? settings : {}, products);
  const bytes = writeRecommender(model);
  const id = v7();
  const fileKey = `models/${ctx.companyId}/recommender-${id}`;
  await ctx.files.put(fileKey, new Blob([new Uint8Array(bytes)]).stream(), { contentType: 'application/octet-stream', size: bytes.length });
  const evidence: RecommenderEvidence = {
    format: 1,
    candidates: choice.candidates.map((each) => ({ name: each.name, settings: each.settings, validation: figures(each.validation), test: figures(each.test) })),
    validationWindow: days(choice.windows.validation), testWindow: days(choice.windows.test),
    customers: lines.customers, products: products.length, gone: products.filter(({ gone }) => gone).length, lines: lines.item.length, notes: choice.notes,
  };
  await forgetFile(ctx, await keepRecommender(ctx.db, { id, model: name, asOf, fileKey, evidence, madeAt: ctx.clock.now().toISOString() }));
  return { products: products.length, model: name };
}

function figures(metrics: RankingMetrics | null): RecommenderEvidence['candidates'][number]['test'] {
  return metrics === null ? null : { customers: metrics.customers, hitRate: metrics.hitRate, ndcg: metrics.ndcg };
}

function days(window: Window | null): RecommenderEvidence['testWindow'] {
  return window === null ? null : { from: dayText(window.from), to: dayText(window.to) };
}

/** A file that nobody reads any more; one that cannot be removed now costs storage and nothing else. */
async function forgetFile(ctx: TenantContext, key: string | null): Promise<void> {
  if (key === null) return;
  await ctx.files.remove(key).catch((error: unknown) => { ctx.log.warn('recommender_not_removed', { companyId: ctx.companyId, reason: String(error) }); });
}

/** What lets a night look for a better recommender. */
export async function nightRecommender(ctx: TenantContext, runId: string): Promise<void> {
  await inStep(ctx, runId, 'recommend', () => makeRecommender(ctx), (result) => result);
}

/** Files never change under their key. */
const loaded = new TimedMap<ServingModel>(20);
const LOADED_SECONDS = 600;

/** Null where the file is gone, damaged or of another version: the night makes a new one. */
async function load(ctx: TenantContext, { fileKey }: RecommenderRow): Promise<ServingModel | null> {
  const now = ctx.clock.now();
  const known = loaded.get(fileKey, now);
  if (known) return known;
  const found = await ctx.files.read(fileKey, 0);
  if (found === null) return null;
  try {
    const model = readRecommender(new Uint8Array(await new Response(found.body).arrayBuffer()));
    loaded.set(fileKey, model, LOADED_SECONDS, now);
    return model;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.error('recommender_refused', { companyId: ctx.companyId, error: error.message });
    return null;
  }
}

/** @throws AppError `not_found` for somebody we do not know, `invalid_input` for a length that cannot be */
export async function getRecommendations(ctx: TenantContext, customerId: string, limit = LIST_LENGTH): Promise<RecommendationsView> {
  requirePermission(ctx, 'customers:read');
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_RECOMMENDED) {
    throw new AppError('invalid_input', `A list has 1 to ${MOST_RECOMMENDED} products`, { errors: [{ path: 'limit', message: `A whole number from 1 to ${MOST_RECOMMENDED}` }] });
  }
  if (!z.uuid().safeParse(customerId).success) throw new AppError('not_found', 'There is no such customer');
  const state = await requireState(ctx);
  const { serving, exists, bought } = await readForCustomer(ctx.db, customerId, asOfDay(ctx, state));
  if (!exists) throw new AppError('not_found', 'There is no such customer');
  const none = (note: string): RecommendationsView => ({ customerId, basis: 'none', products: [], made: serving === null ? null : madeOf(serving), notes: [note] });
  if (serving === null) return none('No recommender has been made: it needs orders that name their products, and is made at night');
  const model = await load(ctx, serving);
  if (model === null) return none('The recommender could not be read; the coming night makes a new one');
  const indexOf = new Map(model.products.map(({ id }, index) => [id, index]));
  const known = bought.flatMap(({ product, times }) => {
    const item = indexOf.get(product);
    return item === undefined ? [] : [{ item, count: times }];
  });
  const { notes, gone } = serving.evidence;
  return {
    customerId, basis: known.length === 0 || model.model === 'popularity' ? 'popular' : 'own', made: madeOf(serving),
    products: recommendFor(model, known, limit).flatMap(({ item, reason }) => {
      const product = model.products[item];
      return product ? [{ productId: product.id, name: product.name, category: product.category, reason: told(model, reason) }] : [];
    }),
    notes: [
      ...notes,
      ...(gone > 0 ? [`${gone} of ${model.products.length} products have not sold for long and are left out`] : []),
      ...(known.length < bought.length ? [`${bought.length - known.length} of the products bought are new or were bought by nobody else: they speak for nothing yet`] : []),
    ],
  };
}

function told({ products }: ServingModel, reason: ReturnType<typeof recommendFor>[number]['reason']): RecommendationReason {
  if (reason.kind !== 'with') return reason;
  const product = products[reason.item];
  return product ? { kind: 'with', productId: product.id, name: product.name, customers: reason.customers } : { kind: 'popular', customers: reason.customers };
}

function madeOf({ model, asOf, madeAt, evidence }: RecommenderRow): RecommendationsView['made'] {
  const rate = (metrics: RecommenderEvidence['candidates'][number]['test']) => (metrics === null ? null : { customers: metrics.customers, hitRate: metrics.hitRate });
  const chosen = evidence.candidates.filter(({ name }) => name === model).sort((a, b) => (b.validation?.ndcg ?? 0) - (a.validation?.ndcg ?? 0))[0];
  return {
    model, asOf, madeAt, validation: rate(chosen?.validation ?? null), test: rate(chosen?.test ?? null),
    popular: rate(evidence.candidates.find(({ name }) => name === 'popularity')?.test ?? null),
  };
}
