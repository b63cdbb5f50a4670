/** How a shop does beside its own past and, if it takes part, beside others of its kind. */
import { z } from 'zod';
import { monthNumber, monthText } from '#core/calendar/months';
import { FIGURES, INDUSTRIES, LEAST_PEERS, sizeBandOf } from '#core/benchmarks/figures';
import type { Figure, Industry } from '#core/benchmarks/figures';
import { ownPast } from '#core/benchmarks/own-past';
import type { OwnPast } from '#core/benchmarks/own-past';
import { keepSharedFigures, readBenchmarks, writeBenchmarkSettings } from '#data/benchmarks';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';

const industries = Object.keys(INDUSTRIES);
const isIndustry = (text: string | null): text is Industry => text !== null && industries.includes(text);

export const benchmarkSettingsSchema = z.strictObject({
  industry: z.string().refine(isIndustry, `Choose one of ${industries.join(', ')}`).nullable(),
  share: z.boolean(),
}).refine(({ industry, share }) => !share || industry !== null, { path: ['industry'], message: 'Say what you sell, so that you are compared with your like' });
export type BenchmarkSettings = z.infer<typeof benchmarkSettingsSchema>;

export interface BenchmarkRow extends Figure, OwnPast {
  key: Figure['key'];
  /** Middle half of the group and its median; null where nothing is shown. */
  group: { p25: number; p50: number; p75: number; shops: number } | null;
}

export interface BenchmarkView {
  /** YYYY-MM: the last whole month. */
  month: string;
  currency: string;
  rows: BenchmarkRow[];
  settings: BenchmarkSettings;
  sizeBand: string;
  /** `off`: the shop does not take part. `too_few`: its group has fewer than ten shops. */
  peers: 'off' | 'too_few' | 'shown';
  leastPeers: number;
}

export async function getBenchmarks(ctx: TenantContext): Promise<BenchmarkView> {
  requirePermission(ctx, 'value:read');
  const state = await requireState(ctx);
  const asOf = asOfDay(ctx, state);
  const month = monthText((monthNumber(asOf) ?? 1) - 1);
  const { months, settings, peers } = await readBenchmarks(ctx.db, asOf, `${month}-01`);
  const byFigure = new Map(peers.map((peer) => [peer.figure, peer]));
  const rows = FIGURES.map((figure): BenchmarkRow => {
    const peer = byFigure.get(figure.key);
    return { ...figure, ...ownPast(figure.key, months, month), group: peer === undefined ? null : { p25: peer.p25, p50: peer.p50, p75: peer.p75, shops: peer.shops } };
  });
  const orders = months.slice(-12).reduce((sum, one) => sum + one.orders, 0);
  return {
    month, currency: settings.currency, rows,
    settings: { industry: isIndustry(settings.industry) ? settings.industry : null, share: settings.share },
    sizeBand: sizeBandOf(orders), peers: !settings.share ? 'off' : peers.length === 0 ? 'too_few' : 'shown', leastPeers: LEAST_PEERS,
  };
}

/** Who begins to take part is in tonight's figures at once; who leaves is out of them at once. */
export async function setBenchmarkSettings(ctx: TenantContext, input: BenchmarkSettings): Promise<BenchmarkView> {
  requirePermission(ctx, 'company:write');
  const { industry, share } = benchmarkSettingsSchema.parse(input);
  await writeBenchmarkSettings(audited(ctx, { action: 'company.benchmarks_changed', detail: { industry, share } }).db, industry, share);
  if (share) await keepSharedFigures(ctx.db, asOfDay(ctx, await requireState(ctx)));
  return getBenchmarks(ctx);
}
