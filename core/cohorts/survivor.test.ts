/** The survivor curve: the paper's two data sets, known truths found again, and cohorts that show nothing. */
import { describe, expect, it } from 'vitest';
import { fitSurvivors, survivalPath } from './survivor.ts';

// Fader & Hardie 2007, table 1: percentages of a cohort of 1,000 at the end of each year.
const REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241];
const HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491];

describe('the paper', () => {
  it.each([
    ['high end', HIGH_END, 0.668, 3.806, -1611.2, 0.394],
    ['regular', REGULAR, 0.704, 1.182, -1680.3, 0.173],
  ])('%s', (_, survivors, alpha, beta, logLikelihood, yearTwelve) => {
    const fit = fitSurvivors([survivors]);
    expect(fit.converged).toBe(true);
    expect(fit.alpha).toBeCloseTo(alpha, 2);
    expect(fit.beta).toBeCloseTo(beta, 2);
    expect(fit.logLikelihood).toBeCloseTo(logLikelihood, 0);
    // Five years past what it saw.
    expect(Math.abs((survivalPath(fit, 12)[12] ?? NaN) - yearTwelve)).toBeLessThan(0.02);
  });
});

it('finds the curve again from cohorts of different ages', () => {
  const truth = { alpha: 0.9, beta: 4 };
  const path = survivalPath(truth, 20);
  const fit = fitSurvivors([20, 12, 7, 3].map((age) => Array.from(path.slice(0, age + 1), (share) => 1e5 * share)));
  expect(fit.alpha).toBeCloseTo(truth.alpha, 3);
  expect(fit.beta).toBeCloseTo(truth.beta, 3);
});

it.each([
  ['nobody left', [[50, 50, 50]]], ['everybody left', [[50, 0, 0]]], ['one period', [[50]]], ['nobody came', [[0, 0]]], ['no cohorts', []], ['a count that rises', [[50, 20, 30, 10]]], ['a steady share', [Array.from({ length: 12 }, (_, t) => 1e6 * 0.9 ** t)]],
])('has a finite answer when %s', (_, cohorts) => {
  const fit = fitSurvivors(cohorts);
  const path = survivalPath(fit, 60);
  expect(path.every((share, t) => Number.isFinite(share) && share >= 0 && share <= (path[t - 1] ?? 1))).toBe(true);
  expect(Number.isFinite(fit.logLikelihood)).toBe(true);
});
