/** The recency × frequency grid and its named segments, from the live totals. */
import { rfmSegment } from '#core/rfm/segments';
import { dayText } from '#core/calendar/days';
import { UNREACHED } from '#core/rfm/rfm';
import type { TenantContext } from '#worker/ports';
import { lookAtFigures } from './looks.ts';
import { requirePermission } from './permissions.ts';
import { requireState } from './scoring.ts';
import type { RfmView } from './dashboard-views.ts';

export async function getRfm(ctx: TenantContext): Promise<RfmView> {
  requirePermission(ctx, 'value:read');
  await lookAtFigures(ctx);
  const [state, snapshot] = await Promise.all([requireState(ctx), ctx.live.snapshot()]);
  const cells = new Map<string, RfmView['cells'][number]>();
  const segments = new Map<string, RfmView['segments'][number]>();
  for (const { recency, frequency, customers, historicalValue, predictedValue } of snapshot.cells) {
    if (recency < 1 || customers === 0) continue;
    const key = `${recency}${frequency}`;
    const cell = cells.get(key) ?? { recency, frequency, customers: 0, historicalValue: 0, predictedValue: 0 };
    const name = rfmSegment(recency, frequency);
    const segment = segments.get(name) ?? { name, customers: 0, historicalValue: 0, predictedValue: 0 };
    for (const total of [cell, segment]) {
      total.customers += customers;
      total.historicalValue += historicalValue;
      total.predictedValue += predictedValue;
    }
    cells.set(key, cell);
    segments.set(name, segment);
  }
  return {
    currency: state.currency, asOf: snapshot.asOf, thresholds: state.thresholds, cells: [...cells.values()],
    segments: [...segments.values()].sort((a, b) => b.customers - a.customers),
    cuts: state.cuts ? { recency: state.cuts.recency.map((day) => (day === UNREACHED ? '' : dayText(day))), frequency: state.cuts.frequency, monetary: state.cuts.monetary } : null,
  };
}
