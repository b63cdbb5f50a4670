/** The live figures as the API tells them: the snapshot with its amounts as money. */
import { z } from '@hono/zod-openapi';
import { STAGES } from '#core/clv/lifecycle';
import type { DayPoint, Snapshot } from '#core/live/snapshot';
import { money, toMoney, toMoneyOrNull } from './shapes.ts';

export const valueTotals = z.object({ customers: z.int(), historicalValue: money, predictedValue: money, totalValue: money }).openapi('ValueTotals');

export const stageTotals = z.object({ stage: z.enum(STAGES), customers: z.int(), historicalValue: money, predictedValue: money });

export const dayPoint = z.object({ day: z.string(), gross: money, net: money, orders: z.int(), newCustomers: z.int() });

const windowTotals = z.object({
  days: z.int().openapi({ description: 'Days that end with asOf' }),
  gross: money, net: money, orders: z.int(), newCustomers: z.int(), returningCustomers: z.int(), averageOrderValue: money.nullable(),
  previous: z.object({ gross: money, net: money, orders: z.int(), newCustomers: z.int() }),
});

const cellTotals = z.object({
  recency: z.int(), frequency: z.int(), monetary: z.int(), customers: z.int(), historicalValue: money, predictedValue: money,
});

export const snapshotShape = z.object({
  asOf: z.string(), live: z.boolean(), horizonDays: z.int(), updatedAt: z.string().nullable(),
  ready: z.boolean().openapi({ description: 'False while figures are being rebuilt: these are the last complete ones' }),
  windows: z.array(windowTotals), stages: z.array(stageTotals), cells: z.array(cellTotals), value: valueTotals,
}).openapi('Snapshot');

export function snapshotOut(snapshot: Snapshot): z.infer<typeof snapshotShape> {
  const { asOf, live, horizonDays, updatedAt, ready, currency } = snapshot;
  const of = (minor: number) => toMoney(minor, currency);
  return {
    asOf, live, horizonDays, updatedAt, ready,
    windows: snapshot.windows.map((window) => ({
      days: window.days, gross: of(window.gross), net: of(window.net), orders: window.orders,
      newCustomers: window.newCustomers, returningCustomers: window.returningCustomers,
      averageOrderValue: toMoneyOrNull(window.averageOrderValue, currency),
      previous: { ...window.previous, gross: of(window.previous.gross), net: of(window.previous.net) },
    })),
    stages: stagesOut(snapshot),
    cells: snapshot.cells.map((cell) => ({ ...cell, historicalValue: of(cell.historicalValue), predictedValue: of(cell.predictedValue) })),
    value: valueOut(snapshot),
  };
}

export function valueOut({ value, currency }: Snapshot): z.infer<typeof valueTotals> {
  return {
    customers: value.customers, historicalValue: toMoney(value.historicalValue, currency),
    predictedValue: toMoney(value.predictedValue, currency), totalValue: toMoney(value.totalValue, currency),
  };
}

export function stagesOut({ stages, currency }: Snapshot): z.infer<typeof stageTotals>[] {
  return stages.map((one) => ({
    ...one, historicalValue: toMoney(one.historicalValue, currency), predictedValue: toMoney(one.predictedValue, currency),
  }));
}

export function dayOut({ day, gross, net, orders, newCustomers }: DayPoint, currency: string): z.infer<typeof dayPoint> {
  return { day, gross: toMoney(gross, currency), net: toMoney(net, currency), orders, newCustomers };
}
