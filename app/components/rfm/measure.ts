/** What a cell of the RFM grid can show. */
import { assertNever } from '#core/errors';
import type { Formats } from '../../format/formats.ts';

export const MEASURES = ['customers', 'value', 'share', 'each'] as const;
export type Measure = (typeof MEASURES)[number];

export interface Totals {
  customers: number;
  historicalValue: number;
  predictedValue: number;
}

export const valueOf = ({ historicalValue, predictedValue }: Totals): number => historicalValue + predictedValue;

export function measureOf(text: string | null): Measure {
  return MEASURES.find((measure) => measure === text) ?? 'customers';
}

export function measureName(measure: Measure): string {
  switch (measure) {
    case 'customers': return 'Customers';
    case 'value': return 'Value';
    case 'share': return 'Share of value';
    case 'each': return 'Per customer';
    default: return assertNever(measure);
  }
}

export function measureMeaning(measure: Measure): string {
  switch (measure) {
    case 'customers': return 'How many customers stand in each cell';
    case 'value': return 'What the customers of each cell brought and are likely to bring';
    case 'share': return 'What part of the value of all customers each cell holds';
    case 'each': return 'Value of each cell, divided by its customers';
    default: return assertNever(measure);
  }
}

/** Count, minor units or fraction by measure. */
export function cellValue(cell: Totals, whole: Totals, measure: Measure): number {
  switch (measure) {
    case 'customers': return cell.customers;
    case 'value': return valueOf(cell);
    case 'share': return valueOf(whole) > 0 ? valueOf(cell) / valueOf(whole) : 0;
    case 'each': return cell.customers > 0 ? valueOf(cell) / cell.customers : 0;
    default: return assertNever(measure);
  }
}

export function cellText(value: number, measure: Measure, { count, money, percent }: Formats): string {
  switch (measure) {
    case 'customers': return count(value);
    case 'value': return money(value, 'compact');
    case 'share': return percent(value, value > 0 && value < 0.1 ? 1 : 0);
    case 'each': return money(Math.round(value), 'compact');
    default: return assertNever(measure);
  }
}

export function sumOf(all: readonly Totals[]): Totals {
  return all.reduce((sum, one) => ({
    customers: sum.customers + one.customers, historicalValue: sum.historicalValue + one.historicalValue, predictedValue: sum.predictedValue + one.predictedValue,
  }), { customers: 0, historicalValue: 0, predictedValue: 0 });
}
