/** The chain ladder: the triangle every actuary knows, and triangles with next to nothing in them. */
import { describe, expect, it } from 'vitest';
import { projectDevelopment } from './development.ts';

// Taylor & Ashe (1983), as in Mack (1993), table 1.
const TAYLOR_ASHE = [
  [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
  [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
  [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
  [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
  [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
  [396132, 1333217, 2180715, 2985752, 3691712],
  [440832, 1288463, 2419861, 3483130],
  [359480, 1421128, 2864498],
  [376686, 1363294],
  [344014],
];

describe('Mack 1993', () => {
  const made = projectDevelopment(TAYLOR_ASHE);
  const reserves = made.cohorts.map((cohort, i) => Math.round((cohort.cumulative.at(-1) ?? NaN) - (TAYLOR_ASHE[i]?.at(-1) ?? NaN)));

  it('has his reserves', () => {
    expect(reserves).toEqual([0, 94634, 469511, 709638, 984889, 1419459, 2177641, 3920301, 4278972, 4625811]);
  });

  it('has his standard errors, of each year and of all', () => {
    expect(made.cohorts.map((cohort) => Math.round(cohort.errors.at(-1) ?? NaN))).toEqual([0, 75535, 121699, 133549, 261406, 411010, 558317, 875328, 971258, 1363155]);
    expect(Math.round(made.totalError)).toBe(2447095);
  });
});

it('scales with the money', () => {
  const [one, many] = [projectDevelopment(TAYLOR_ASHE), projectDevelopment(TAYLOR_ASHE.map((row) => row.map((value) => value * 100)))];
  expect(many.total / one.total).toBeCloseTo(100, 8);
  expect(many.totalError / one.totalError).toBeCloseTo(100, 8);
});

it.each([
  ['no cohort', []], ['one cohort of one age', [[5]]], ['one cohort', [[5, 7, 9]]], ['nothing sold', [[0, 0, 0], [0, 0], [0]]], ['a cohort that sold nothing yet', [[5, 7, 9], [0, 3], [0]]], ['refunds beyond sales', [[5, -2, 3], [4, -4], [3]]],
])('is finite for %s', (_, triangle) => {
  const made = projectDevelopment(triangle);
  for (const cohort of made.cohorts) expect([...cohort.cumulative, ...cohort.errors].every(Number.isFinite)).toBe(true);
  expect(Number.isFinite(made.totalError)).toBe(true);
});
