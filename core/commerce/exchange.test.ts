import { expect, it } from 'vitest';
import { crossFactor, factorOfRate, rateOfFactor, rebase } from './exchange.ts';

it('converts minor units of currencies with other digits', () => {
  expect(factorOfRate(0.92, 'USD', 'EUR')).toBeCloseTo(0.92, 12);
  expect(factorOfRate(0.0061, 'JPY', 'EUR')).toBeCloseTo(0.61, 12);
  expect(factorOfRate(160, 'EUR', 'JPY')).toBeCloseTo(1.6, 12);
  expect(factorOfRate(3.05, 'KWD', 'EUR')).toBeCloseTo(0.305, 12);
  expect(rateOfFactor(factorOfRate(0.0061, 'JPY', 'EUR'), 'JPY', 'EUR')).toBe(0.0061);
});

it('crosses over the euro, and says when a day has no rate', () => {
  const day = { day: '2026-11-20', perEuro: new Map([['USD', 1.1], ['JPY', 165]]) };
  expect(crossFactor(day, 'USD', 'EUR')).toBeCloseTo(1 / 1.1, 12);
  expect(crossFactor(day, 'EUR', 'USD')).toBeCloseTo(1.1, 12);
  expect(crossFactor(day, 'USD', 'JPY')).toBeCloseTo(1.5, 12);
  expect(crossFactor(day, 'AED', 'EUR')).toBeNull();
});

it('turns rates to one currency into rates to another, each by its own day', () => {
  const rates = [{ currency: 'USD', day: '2026-03-01', factor: 0.8 }, { currency: 'USD', day: '2026-03-05', factor: 0.5 }];
  const pound = (day: string) => ({ currency: 'GBP', day, factor: 1.2 });
  expect(rebase([pound('2026-02-28'), pound('2026-03-04'), pound('2026-03-05'), ...rates], 'EUR', 'USD')).toEqual([
    { currency: 'GBP', day: '2026-03-04', factor: 1.2 / 0.8 }, { currency: 'GBP', day: '2026-03-05', factor: 1.2 / 0.5 },
    { currency: 'EUR', day: '2026-03-01', factor: 1.25 }, { currency: 'EUR', day: '2026-03-05', factor: 2 },
  ]);
});
