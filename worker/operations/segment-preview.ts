/** Counting a filter while somebody writes it, and what the data offer to write it with. */
import { AppError } from '#core/errors';
import { rfmSegment } from '#core/rfm/segments';
import { reckonUp } from '#core/segments/estimate';
import type { Filter } from '#core/segments/filter';
import type { Choice, ChoiceSource } from '#core/segments/conditions/condition';
import { cutKey, distinctQuantities, type Cuts } from '#core/segments/cuts';
import { readsOf } from '#core/segments/reads';
import type { Reads } from '#core/segments/reads';
import { filterToSql } from '#data/filter-to-sql';
import { freezeCuts, readCuts, reckonCuts } from '#data/percentile-cuts';
import { previewRows } from '#data/segment-preview';
import type { PreviewBase, PreviewCell, PreviewSample } from '#data/segment-preview';
import { readChoices } from '#data/segment-choices';
import { readReferred } from '#data/segments';
import type { TenantContext } from '#worker/ports';
import { TimedMap } from './isolate-memory.ts';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';
import { momentOf, settingOf } from './segment-plan.ts';
import { noList, noSegment } from './segment-views.ts';

export interface SegmentPreview {
  count: number;
  /** False: reckoned up from a part of the customers; ask with `exact` for the rest. */
  exact: boolean;
  /** Of an estimate: in 95 of 100 such parts the count lies between these. Null of an exact one. */
  range: { low: number; high: number } | null;
  tookMs: number;
  currency: string;
  /** All customers, and what they are worth; money in minor units. */
  customers: number;
  allValue: number;
  /** Of those who match. */
  value: number;
  /** Null: not valued yet. */
  stages: { stage: string | null; n: number; value: number }[];
  /** Groups of the RFM grid; null: not placed yet. */
  rfm: { group: string | null; n: number; value: number }[];
  /** By total value, from so much on; null: worth nothing so far. */
  bands: { from: number | null; n: number; value: number }[];
  /** The most valuable of them. */
  sample: PreviewSample[];
}

/** Beyond so many customers a first answer is an estimate, unless an exact one is asked for. */
const EXACT_UP_TO = 1_000_000;

/** All customers of a company as of its sequence, which everything that changes one of them takes forward. */
const bases = new TimedMap<PreviewBase & { seq: number }>(1_000);
const BASE_SECONDS = 3_600;

/**
 * @param exactUpTo customers of whom the first answer is the count itself
 * @throws AppError `invalid_input` for a segment that is not there and a list that nobody brought: nobody would match, and nobody would know why
 */
export async function previewSegment(ctx: TenantContext, { filter, exact = false }: { filter: Filter; exact?: boolean | undefined }, exactUpTo = EXACT_UP_TO): Promise<SegmentPreview> {
  requirePermission(ctx, 'segments:read');
  const started = ctx.clock.now();
  const reads = readsOf(filter);
  const [state, cuts, known] = await Promise.all([requireState(ctx), cutsFor(ctx, filter), exact ? null : ctx.live.customers(), requireReferred(ctx, reads)]);
  const moment = momentOf(ctx, state, settingOf(state, cuts));
  const isPart = known !== null && known > exactUpTo;
  const key = `${ctx.companyId} ${String(state.epoch)}`;
  const remembered = bases.get(key, started);
  const standing = remembered?.seq === state.seq ? remembered : null;
  const { cells, sample, looked, base } = await previewRows(ctx.db, { holds: filterToSql(filter, { ...moment, companyId: ctx.companyId }), reads, isPart, wantsBase: standing === null });
  const whole = standing ?? base ?? { n: 0, value: 0 };
  if (standing === null) bases.set(key, { n: whole.n, value: whole.value, seq: state.seq }, BASE_SECONDS, started);
  const times = looked === null ? 1 : looked === 0 ? 0 : whole.n / looked;
  const grouped = <K>(of: (cell: PreviewCell) => K): { key: K; n: number; value: number }[] => {
    const groups = new Map<K, { key: K; n: number; value: number }>();
    for (const cell of cells) {
      const group = groups.get(of(cell)) ?? { key: of(cell), n: 0, value: 0 };
      groups.set(of(cell), { key: group.key, n: group.n + cell.n, value: group.value + cell.value });
    }
    return [...groups.values()].map(({ key: name, n, value }) => ({ key: name, n: Math.round(n * times), value: Math.round(value * times) })).toSorted((a, b) => b.n - a.n);
  };
  const matched = cells.reduce((sum, one) => sum + one.n, 0);
  const estimate = looked === null ? null : reckonUp(matched, looked, whole.n);
  return {
    count: estimate?.count ?? matched, exact: estimate === null, range: estimate === null ? null : { low: estimate.low, high: estimate.high }, tookMs: ctx.clock.now().getTime() - started.getTime(),
    currency: state.currency, customers: whole.n, allValue: whole.value, value: Math.round(cells.reduce((sum, one) => sum + one.value, 0) * times), sample,
    stages: grouped((one) => one.stage).map(({ key: stage, ...rest }) => ({ stage, ...rest })),
    rfm: grouped((one) => (one.r === 0 || one.f === 0 ? null : rfmSegment(one.r, one.f))).map(({ key: group, ...rest }) => ({ group, ...rest })),
    bands: grouped((one) => one.band).map(({ key: band, ...rest }) => ({ from: band === null ? null : 10 ** band, ...rest })).toSorted((a, b) => (a.from ?? 0) - (b.from ?? 0)),
  };
}

async function requireReferred(ctx: TenantContext, { segments, lists }: Reads): Promise<void> {
  if (segments.size + lists.size === 0) return;
  const found = new Map((await readReferred(ctx.db, [...segments, ...lists])).map((one) => [one.id, one]));
  const refuse = (message: string): never => { throw new AppError('invalid_input', message, { errors: [{ path: 'filter', message }] }); };
  for (const id of segments) if ((found.get(id)?.status ?? 'archived') === 'archived') refuse(noSegment(id));
  for (const id of lists) if (found.get(id)?.origin !== 'list') refuse(noList(found.get(id)?.name ?? `segment ${id}`));
}

/** What no segment asks for is cut now: a number that is kept of everybody until the night, one that was made for this filter for this once. */
async function cutsFor(ctx: TenantContext, filter: Filter): Promise<Cuts> {
  const wanted = distinctQuantities(readsOf(filter).percentiles);
  if (wanted.length === 0) return new Map();
  const cuts = await readCuts(ctx.db), missing = wanted.filter((one) => !cuts.has(cutKey(one)));
  if (missing.length === 0) return cuts;
  const state = await requireState(ctx);
  const moment = { ...momentOf(ctx, state, settingOf(state, cuts)), companyId: ctx.companyId };
  await freezeCuts(ctx.db, missing.filter(({ q }) => q === 'kept'), moment, asOfDay(ctx, state));
  return new Map([...(await readCuts(ctx.db)), ...(await reckonCuts(ctx.db, missing.filter(({ q }) => q !== 'kept'), moment))]);
}

/** What editors offer, the most frequent first; other values may be typed. */
export async function segmentChoices(ctx: TenantContext): Promise<Record<ChoiceSource, Choice[]>> {
  requirePermission(ctx, 'segments:read');
  const { acquisitionChannels, eventTypes, eventProperties, ...rest } = await readChoices(ctx.db);
  return { ...rest, acquisition_channels: acquisitionChannels, event_types: eventTypes, event_properties: eventProperties };
}
