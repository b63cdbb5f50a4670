/** The settings form as a person fills it in, read into what the company keeps. */
import { z } from 'zod';
import { webOrigin } from '#core/net/web-origin';

const REVENUE_BASES = ['net_sales', 'with_shipping', 'total_paid'] as const;

/** Per cent as typed, with a point or a comma, to a fraction without the dust of binary division. */
const percentage = z
  .string()
  .trim()
  .regex(/^\d{1,3}([.,]\d{1,2})?$/, 'Write a percentage such as 10 or 7.5')
  .transform((text) => Math.round(Number(text.replace(',', '.')) * 100) / 10_000)
  .refine((fraction) => fraction <= 1, 'Use at most 100 %');

/** Origins with spaces or commas between them; what is none is said by the operation. */
export function originsTyped(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '').map((part) => webOrigin(part) ?? part);
}

export const companyForm = z.object({
  name: z.string().trim().min(1, 'Enter the name of your company or shop').max(120, 'Use at most 120 characters'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'Choose a currency'),
  timeZone: z.string().min(1, 'Choose a time zone'),
  analysisDate: z
    .string()
    .regex(/^(\d{4}-\d{2}-\d{2})?$/, 'Write the day like 2026-03-31, or leave it empty')
    .transform((day) => (day === '' ? null : day)),
  horizonDays: z
    .string()
    .regex(/^\d{1,4}$/, 'Write a whole number of days')
    .transform(Number)
    .refine((days) => days >= 30 && days <= 1825, 'Use 30 to 1,825 days'),
  discountRate: percentage,
  revenueBasis: z.enum(REVENUE_BASES),
  countZeroOrders: z.enum(['on']).optional().transform((value) => value === 'on'),
});
