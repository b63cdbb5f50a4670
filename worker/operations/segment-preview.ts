/** Counting a filter while somebody writes it, and what the data offer to write it with. */
import { rfmSegment } from '#core/rfm/segments';
import type { Filter } from '#core/segments/filter';
import type { Choice, ChoiceSource } from '#core/segments/conditions/condition';
import { cutKey, distinctQuantities, type Cuts } from '#core/segments/cuts';
import { readsOf } from '#core/segments/reads';
import { filterToSql } from '#data/filter-to-sql';
import { freezeCuts, readCuts, reckonCuts } from '#data/percentile-cuts';
import { readBase, previewRows } from '#data/segment-preview';
import type { PreviewCell, PreviewSample } from '#data/segment-preview';
import { readChoices } from '#data/segment-choices';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';
import { momentOf, settingOf } from './segment-plan.ts';

export interface SegmentPreview {
  count: number;
  /** False: reckoned up from a part of the customers; ask with `exact` for the rest. */
  exact: boolean;
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

export async function previewSegment(ctx: TenantContext, { filter, exact = false }: { filter: Filter; exact?: boolean | undefined }): Promise<SegmentPreview> {
  requirePermission(ctx, 'segments:read');
  const started = ctx.clock.now().getTime();
  const [state, cuts, known] = await Promise.all([requireState(ctx), cutsFor(ctx, filter), exact ? null : ctx.live.customers()]);
  const moment = momentOf(ctx, state, settingOf(state, cuts));
  const isPart = known !== null && known > EXACT_UP_TO;
  const { cells, sample, everybody } = await previewRows(ctx.db, filterToSql(filter, { ...moment, companyId: ctx.companyId }), isPart);
  const whole = isPart ? await readBase(ctx.db) : everybody;
  const times = everybody.n === 0 ? 0 : whole.n / everybody.n;
  const grouped = <K>(of: (cell: PreviewCell) => K): { key: K; n: number; value: number }[] => {
    const groups = new Map<K, { key: K; n: number; value: number }>();
    for (const cell of cells) {
      const group = groups.get(of(cell)) ?? { key: of(cell), n: 0, value: 0 };
      groups.set(of(cell), { key: group.key, n: group.n + cell.n, value: group.value + cell.value });
    }
    return [...groups.values()].map(({ key, n, value }) => ({ key, n: Math.round(n * times), value: Math.round(value * times) })).toSorted((a, b) => b.n - a.n);
  };
  const [total] = grouped(() => null);
  return {
    count: total?.n ?? 0, exact: !isPart, tookMs: ctx.clock.now().getTime() - started, currency: state.currency, customers: whole.n, allValue: whole.value, value: total?.value ?? 0, sample,
    stages: grouped((cell) => cell.stage).map(({ key, ...rest }) => ({ stage: key, ...rest })),
    rfm: grouped((cell) => (cell.r === 0 || cell.f === 0 ? null : rfmSegment(cell.r, cell.f))).map(({ key, ...rest }) => ({ group: key, ...rest })),
    bands: grouped((cell) => cell.band).map(({ key, ...rest }) => ({ from: key === null ? null : 10 ** key, ...rest })).toSorted((a, b) => (a.from ?? 0) - (b.from ?? 0)),
  };
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
