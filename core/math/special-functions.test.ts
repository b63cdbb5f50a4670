/** Gamma, digamma, hypergeometric and normal quantile against values of mpmath and scipy. */
import { describe, expect, it } from 'vitest';
import { digamma } from './digamma.ts';
import { integrate } from './gauss-legendre.ts';
import { logHyp2f1 } from './hyp2f1.ts';
import { lgamma, logRising } from './lgamma.ts';
import { normalQuantile } from './normal.ts';

const close = (actual: number, expected: number, relative: number): void =>
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(expected)));

describe('lgamma and digamma', () => {
  it.each([
    [1e-5, 11.5129196928958257, -100000.577199215681],
    [0.5, 0.572364942924700087, -1.96351002602142348],
    [1.5, -0.120782237635245222, 0.0364899739785765206],
    [2.0001, 0.000042281658112830712, 0.42284882648466525],
    [12.25, 18.1156695057108926, 2.46415465518536896],
    [1000.5, 5908.67417584867749, 6.90775532064879643],
    [1e7, 151180949.369473914, 16.118095600958319],
  ])('at %d', (x, log, slope) => {
    close(lgamma(x), log, 1e-14);
    close(digamma(x), slope, 1e-13);
  });

  it('have their poles at zero and no value below', () => {
    expect([lgamma(0), digamma(0), lgamma(-1), digamma(-1)]).toEqual([Infinity, -Infinity, NaN, NaN]);
  });

  it('rising factorials keep their digits where ln Γ has lost them', () => {
    close(logRising(1e12, 3), 3 * Math.log(1e12), 1e-11);
    close(logRising(0.5, 200), lgamma(200.5) - lgamma(0.5), 1e-13);
    close(logRising(1e9, 1000), 1000 * Math.log(1e9) + 499_500 / 1e9, 1e-12);
  });
});

describe('2F1', () => {
  it.each([
    [0.24, 2.4, 2.2, 0.5, 0.185376689742763687],
    [30.5, 8.25, 9.5, 0.9, 65.87805441879067],
    [0.5, 1.5, 3, 0.999, 0.524716966991138788],
    [10000.25, 10002.4, 10002.2, 0.5, 6931.78370233365404],
    [1000, 2, 500000, 0.99, 0.00396393736696086741],
    [1e5, 12, 1e6, 0.01, 0.0120060047064078601],
  ])('ln 2F1(%d, %d; %d; %d)', (a, b, c, z, expected) => {
    close(logHyp2f1(a, b, c, z), expected, 1e-11);
  });
});

describe('normal quantile', () => {
  it.each([[0.1, -1.2815515655446004], [0.5, 0], [0.975, 1.959963984540054], [0.001, -3.090232306167813]])('at %d', (p, expected) => {
    close(normalQuantile(p), expected, 2e-9);
  });
});

describe('Gauss–Legendre', () => {
  it('is exact for polynomials of degree 2n − 1 and not beyond', () => {
    close(integrate((x) => x ** 7, 0, 2, 4), 32, 1e-13);
    expect(Math.abs(integrate((x) => x ** 8, 0, 2, 4) - 2 ** 9 / 9)).toBeGreaterThan(1e-3);
  });
});
