/** Gauss–Legendre integration of a smooth function over a finite interval. */

export interface Rule {
  nodes: Float64Array;
  weights: Float64Array;
}

const rules = new Map<number, Rule>();

/** Nodes and weights of order n on [−1, 1], made once, by Newton's method on the Legendre recurrence (Abramowitz & Stegun 25.4.29). */
export function legendre(n: number): Rule {
  const known = rules.get(n);
  if (known) return known;
  const made: Rule = { nodes: new Float64Array(n), weights: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let previous = 1;
      let current = x;
      for (let k = 2; k <= n; k++) {
        const next = ((2 * k - 1) * x * current - (k - 1) * previous) / k;
        previous = current;
        current = next;
      }
      slope = (n * (x * current - previous)) / (x * x - 1);
      const change = current / slope;
      x -= change;
      if (Math.abs(change) < 1e-15) break;
    }
    made.nodes[i] = x;
    made.weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  rules.set(n, made);
  return made;
}

/** ∫ f over [from, to] with `order` ≥ 2 evaluations; exact for polynomials of degree 2·order − 1. */
export function integrate(f: (x: number) => number, from: number, to: number, order: number): number {
  const { nodes, weights } = legendre(order);
  const half = (to - from) / 2;
  const middle = (to + from) / 2;
  let sum = 0;
  for (let i = 0; i < order; i++) sum += (weights[i] ?? 0) * f(middle + half * (nodes[i] ?? 0));
  return sum * half;
}
