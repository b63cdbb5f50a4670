/** What several segments share, by every way of being in some and not in others; two of them side by side. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { rfmSegment } from '#core/rfm/segments';
import type { Filter } from '#core/segments/filter';
import { readOverlap } from '#data/segment-overlap';
import type { OverlapRows, SideRow } from '#data/segment-overlap';
import { listSegmentRows } from '#data/segments';
import type { SegmentRow } from '#data/segments';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';
import { rowView } from './segment-views.ts';

export const LEAST_COMPARED = 2;
export const MOST_COMPARED = 6;
/** Chosen where nobody chose. */
const DEFAULT_COMPARED = 5;

export interface ComparedSegment {
  id: string;
  name: string;
  status: 'live' | 'paused';
  /** False while members of a new definition are still being found. */
  isEvaluated: boolean;
  members: number;
  /** Total value of the members, minor units. */
  value: number;
}

export interface Intersection {
  /** Ids, in the order of the segments. */
  in: string[];
  notIn: string[];
  /** Who is in it, as a filter. */
  filter: Filter;
  customers: number;
  /** Minor units. */
  value: number;
}

/** Of all members of one of two segments; means and medians are null where nobody has the number. */
export interface SideFigures {
  /** Sum, minor units. */
  predicted: number;
  /** Of total value, minor units. */
  medianValue: number | null;
  /** Means over those who have bought, 0 to 1. */
  pAlive: number | null;
  churn: number | null;
  /** Mean per member. */
  orders: number;
  /** Who have bought. */
  buyers: number;
  /** Median days since the last order, over those. */
  daysSince: number | null;
}

export interface Pair {
  both: number;
  /** Of those in either, how many are in both; null where nobody is in either. */
  jaccard: number | null;
  sides: [SideFigures, SideFigures];
  /** Members of each by lifecycle stage and by RFM group, the most frequent first; null: not placed yet. */
  stages: { stage: string | null; customers: [number, number] }[];
  rfm: { group: string | null; customers: [number, number] }[];
}

export interface SegmentOverlap {
  currency: string;
  segments: ComparedSegment[];
  /** In any of them. */
  customers: number;
  value: number;
  /** Largest first; without those that nobody is in. */
  intersections: Intersection[];
  /** Where there are exactly two. */
  pair: Pair | null;
}

const uuid = z.uuid();

/**
 * Exact, as memberships stand.
 * @param ids two to six, none twice; null: the largest five
 * @throws AppError `invalid_input` for another number of them, `not_found` for what is not there or archived
 */
export async function compareSegments(ctx: TenantContext, ids: readonly string[] | null): Promise<SegmentOverlap> {
  requirePermission(ctx, 'segments:read');
  const wanted = ids === null ? null : readIds(ids);
  const [state, rows] = await Promise.all([requireState(ctx), listSegmentRows(ctx.db)]);
  const chosen = wanted === null ? rows.toSorted((a, b) => b.members - a.members).slice(0, DEFAULT_COMPARED) : pick(rows, wanted);
  const isPair = chosen.length === 2;
  const found = chosen.length === 0 ? { intersections: [], sides: [], standings: [] } : await readOverlap(ctx.db, chosen.map(({ id }) => id), isPair ? asOfDay(ctx, state) : null);
  const sum = (of: 'customers' | 'value', bit: number | null = null): number => found.intersections.reduce((total, row) => total + (bit === null || (row.mask & (1 << bit)) !== 0 ? row[of] : 0), 0);
  const [first, second] = chosen;
  return {
    currency: state.currency, customers: sum('customers'), value: sum('value'),
    segments: chosen.map((row, bit) => ({ id: row.id, name: row.name, status: row.status === 'live' ? 'live' : 'paused', isEvaluated: rowView(row).isEvaluated, members: sum('customers', bit), value: sum('value', bit) })),
    intersections: found.intersections.map(({ mask, customers, value }) => ({ ...waysOf(chosen, mask), customers, value })),
    pair: isPair && first !== undefined && second !== undefined ? pairOf([first.id, second.id], found) : null,
  };
}

function readIds(ids: readonly string[]): string[] {
  const refuse = (message: string): never => { throw new AppError('invalid_input', message, { errors: [{ path: 'ids', message }] }); };
  if (ids.length < LEAST_COMPARED || ids.length > MOST_COMPARED) refuse(`Choose ${LEAST_COMPARED} to ${MOST_COMPARED} segments to compare; ${ids.length === 0 ? 'none is' : ids.length === 1 ? '1 is' : `${ids.length} are`} chosen`);
  const read = ids.map((id) => id.toLowerCase());
  if (new Set(read).size < read.length) refuse('The same segment is chosen twice: choose each once');
  return read;
}

function pick(rows: readonly SegmentRow[], ids: readonly string[]): SegmentRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = uuid.safeParse(id).success ? byId.get(id) : undefined;
    if (row === undefined) throw new AppError('not_found', 'One of these segments is not there (any more), or is archived: choose another');
    return row;
  });
}

function waysOf(chosen: readonly SegmentRow[], mask: number): Pick<Intersection, 'in' | 'notIn' | 'filter'> {
  const isIn = (bit: number): boolean => (mask & (1 << bit)) !== 0;
  const parts = chosen.map(({ id }, bit): Filter => (isIn(bit) ? { is: 'segment', id } : { not: { is: 'segment', id } }));
  const idsWhere = (wanted: boolean): string[] => chosen.filter((_, bit) => isIn(bit) === wanted).map(({ id }) => id);
  // Whom it is about before whom it leaves out.
  return { in: idsWhere(true), notIn: idsWhere(false), filter: { all: [...parts.filter((part) => 'is' in part), ...parts.filter((part) => 'not' in part)] } };
}

const NOBODY: Omit<SideRow, 'id'> = { predicted: 0, medianValue: null, pAlive: null, churn: null, orders: 0, buyers: 0, daysSince: null };

function pairOf(ids: readonly [string, string], { intersections, sides, standings }: OverlapRows): Pair {
  const sideOf = (wanted: string): SideFigures => {
    const { id: _, ...figures } = sides.find(({ id }) => id === wanted) ?? { id: wanted, ...NOBODY };
    return figures;
  };
  const either = intersections.reduce((sum, row) => sum + row.customers, 0), both = intersections.find(({ mask }) => mask === 3)?.customers ?? 0;
  const shares = (of: (row: OverlapRows['standings'][number]) => string | null): { key: string | null; customers: [number, number] }[] => {
    const inside = (wanted: string, key: string | null): number => standings.reduce((sum, row) => sum + (row.id === wanted && of(row) === key ? row.customers : 0), 0);
    return [...new Set(standings.map(of))].map((key): { key: string | null; customers: [number, number] } => ({ key, customers: [inside(ids[0], key), inside(ids[1], key)] })).toSorted((one, other) => other.customers[0] + other.customers[1] - one.customers[0] - one.customers[1]);
  };
  return {
    both, jaccard: either === 0 ? null : both / either, sides: [sideOf(ids[0]), sideOf(ids[1])],
    stages: shares((row) => row.stage).map(({ key: stage, customers }) => ({ stage, customers })),
    rfm: shares(({ r, f }) => (r === 0 || f === 0 ? null : rfmSegment(r, f))).map(({ key: group, customers }) => ({ group, customers })),
  };
}
