/** What customers do or buy one after another, more often than chance. */
import { z } from 'zod';
import { dayNumber } from '#core/calendar/days';
import { frequentSequences } from '#core/patterns/sequences';
import type { History } from '#core/patterns/sequences';
import { AppError } from '#core/errors';
import { nameOfSegment } from '#data/discoveries';
import { readEventPaths } from '#data/event-paths';
import { readBaskets } from '#data/recommenders';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';

/** Order lines, and events, that are read at most. */
const MOST_LINES = 200_000;
const MOST_EVENTS = 150_000;
/** Of one customer: whoever did more does not make a pattern more frequent. */
const MOST_STEPS = 150;
const MOST_FOUND = 5_000;
const LOOK_BACK_DAYS = 365;
const LEAST_CUSTOMERS = 3;

export const patternsInput = z.strictObject({
  of: z.enum(['products', 'events']).default('products'),
  gapDays: z.number().int().min(1).max(3_650).default(90),
  /** Share of customers that a sequence needs. */
  support: z.number().min(0.001).max(1).default(0.01),
  longest: z.number().int().min(2).max(5).default(3),
  limit: z.number().int().min(1).max(200).default(50),
  /** Only members of this segment are looked at; what is usual is then what is usual among them. */
  segment: z.string().optional(),
  /** Also sequences that end with something done before: they tell how often a thing is bought again, not what goes with it. */
  repeats: z.boolean().default(false),
});

export interface PatternView {
  /** In order. `id` is a product's, or an event's type; `order` is a purchase. */
  steps: { id: string; name: string }[];
  customers: number;
  /** Of all customers with anything to look at. */
  support: number;
  /** Of those who did all but the last step, the share that went on. */
  confidence: number;
  /** How many times likelier the last step is after the others than for anybody. */
  lift: number;
}

export interface PatternsView {
  of: 'products' | 'events';
  gapDays: number;
  customers: number;
  /** The segment whose members were looked at. */
  within: { id: string; name: string } | null;
  /** Strongest first: customers × (lift − 1); only sequences that make their last step likelier. */
  patterns: PatternView[];
  /** Sequences left out because they end with something done before. */
  repeats: number;
  notes: string[];
}

/** Two steps and more, each within `gapDays` of the one before. Purchases of one day are one step each, never one after another. @throws AppError `not_found` */
export async function getPatterns(ctx: TenantContext, input: z.input<typeof patternsInput>): Promise<PatternsView> {
  requirePermission(ctx, 'value:read');
  const { of, gapDays, support, longest, limit, segment, repeats } = patternsInput.parse(input);
  const within = segment === undefined ? null : await requireBase(ctx, segment);
  const { histories, names, notes } = of === 'products' ? await productHistories(ctx, within?.id ?? null) : await eventHistories(ctx, within?.id ?? null);
  const found = frequentSequences(histories, {
    minSupport: Math.max(support, LEAST_CUSTOMERS / Math.max(1, histories.length)), maxGap: gapDays, together: of === 'events', longest, most: MOST_FOUND,
  });
  const telling = found.patterns.filter(({ lift, count }) => lift > 1 && count >= LEAST_CUSTOMERS).sort((a, b) => b.count * (b.lift - 1) - a.count * (a.lift - 1));
  const shown = repeats ? telling : telling.filter(({ items }) => !items.slice(0, -1).includes(items.at(-1) ?? -1));
  return {
    of, gapDays, customers: found.histories, within, repeats: telling.length - shown.length,
    patterns: shown.slice(0, limit).map((one) => ({
      steps: one.items.map((item) => names[item] ?? { id: '', name: '' }), customers: one.count, support: one.support, confidence: one.confidence, lift: one.lift,
    })),
    notes: [...notes, ...(found.complete ? [] : [`There are more than ${String(MOST_FOUND)} sequences: ask for those of more customers`])],
  };
}

async function requireBase(ctx: TenantContext, id: string): Promise<{ id: string; name: string }> {
  requirePermission(ctx, 'segments:read');
  const name = z.uuid().safeParse(id).success ? await nameOfSegment(ctx.db, id) : null;
  if (name === null) throw new AppError('not_found', 'There is no such segment to look inside of');
  return { id, name };
}

interface Histories {
  histories: History[];
  names: { id: string; name: string }[];
  notes: string[];
}

async function productHistories(ctx: TenantContext, segment: string | null): Promise<Histories> {
  const asOf = asOfDay(ctx, await requireState(ctx));
  const { customers, products } = await readBaskets(ctx.db, asOf, MOST_LINES, segment);
  const numbers = new Map(products.map(({ id }, n) => [id, n]));
  const lines = customers.reduce((sum, { product }) => sum + product.length, 0);
  return {
    histories: customers.map(({ product, day }) => ({ items: product.slice(-MOST_STEPS).map((id) => numbers.get(id) ?? 0), times: day.slice(-MOST_STEPS) })),
    names: products.map(({ id, name }) => ({ id, name })),
    notes: lines >= MOST_LINES ? [`Looked at ${String(MOST_LINES)} order lines, and there are more`] : [],
  };
}

async function eventHistories(ctx: TenantContext, segment: string | null): Promise<Histories> {
  const asOf = asOfDay(ctx, await requireState(ctx));
  const since = new Date((dayNumber(asOf) - LOOK_BACK_DAYS) * 86_400_000).toISOString();
  const paths = await readEventPaths(ctx.db, since, MOST_EVENTS, MOST_STEPS, segment);
  const names: { id: string; name: string }[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (kind: string): number => {
    const known = numbers.get(kind);
    if (known !== undefined) return known;
    numbers.set(kind, names.length);
    return names.push({ id: kind, name: kind }) - 1;
  };
  return { histories: paths.map(({ kinds, at }) => ({ items: kinds.map(numberOf), times: at })), names, notes: [`Events and purchases of the last ${String(LOOK_BACK_DAYS)} days`] };
}
