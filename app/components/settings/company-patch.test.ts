/** The settings form reads what people type and refuses what cannot be, in words. */
import { describe, expect, it } from 'vitest';
import { companyForm } from './company-patch.ts';

const filled = { name: 'Fernway', currency: 'EUR', timeZone: 'Europe/Berlin', analysisDate: '', horizonDays: '365', discountRate: '7,5', revenueBasis: 'net_sales' };

describe('companyForm', () => {
  it('reads a comma, an empty date and an absent check mark', () => {
    expect(companyForm.parse(filled)).toEqual({
      name: 'Fernway', currency: 'EUR', timeZone: 'Europe/Berlin', analysisDate: null, horizonDays: 365, discountRate: 0.075, revenueBasis: 'net_sales', countZeroOrders: false,
    });
  });

  it('keeps a percentage exact', () => {
    expect(companyForm.parse({ ...filled, discountRate: '12.35' }).discountRate).toBe(0.1235);
  });

  it.each([
    ['horizonDays', '12'], ['horizonDays', 'a year'], ['discountRate', '101'], ['analysisDate', '31.03.2026'], ['revenueBasis', 'gross'], ['currency', 'euro'],
  ])('refuses %s %s', (field, value) => {
    const parsed = companyForm.safeParse({ ...filled, [field]: value });
    expect(parsed.error?.issues[0]?.path).toEqual([field]);
  });
});
