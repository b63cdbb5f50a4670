/** What a cohort's cell can show. */
import { assertNever } from '#core/errors';
import type { Formats } from '../../format/formats.ts';
import type { CohortCell } from '#operations/dashboard-views';

export const MEASURES = ['retention', 'customers', 'revenue', 'per-customer'] as const;
export type Measure = (typeof MEASURES)[number];

export function measureOf(text: string | null): Measure {
  return MEASURES.find((measure) => measure === text) ?? 'retention';
}

export function measureName(measure: Measure): string {
  switch (measure) {
    case 'retention': return 'Retention';
    case 'customers': return 'Customers';
    case 'revenue': return 'Revenue';
    case 'per-customer': return 'Per customer';
    default: return assertNever(measure);
  }
}

export function measureMeaning(measure: Measure): string {
  switch (measure) {
    case 'retention': return 'Share of the customers who first bought in a month that bought again in a later month';
    case 'customers': return 'How many customers of a first month bought in each later month';
    case 'revenue': return 'Net revenue that customers of a first month brought in each later month';
    case 'per-customer': return 'Net revenue in each later month, divided by all customers of the first month';
    default: return assertNever(measure);
  }
}

/** Fraction, count or minor units by measure. */
export function cellValue(cell: CohortCell, size: number, measure: Measure): number {
  switch (measure) {
    case 'retention': return size === 0 ? 0 : cell.customers / size;
    case 'customers': return cell.customers;
    case 'revenue': return cell.net;
    case 'per-customer': return size === 0 ? 0 : cell.net / size;
    default: return assertNever(measure);
  }
}

export function cellText(value: number, measure: Measure, formats: Formats): string {
  switch (measure) {
    case 'retention': return formats.percent(value, value > 0 && value < 0.1 ? 1 : 0);
    case 'customers': return formats.count(value);
    case 'revenue': return formats.money(value, 'compact');
    case 'per-customer': return formats.money(value);
    default: return assertNever(measure);
  }
}
