/** Box-bounded BFGS minimiser with analytic gradients: deterministic, capped, and never leaving the box. */

/** Writes the gradient at `at` into `gradient` and returns the value; may return NaN or Infinity where undefined. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  lower: number;
  upper: number;
  maxIterations?: number;
  /** Largest projected gradient component at which the point counts as a minimum. */
  gradientTolerance?: number;
  /** Starting inverse Hessian (row by row), for instance from a fit on a sample. */
  inverseHessian?: Float64Array;
}

export interface Minimum {
  at: Float64Array;
  value: number;
  converged: boolean;
  iterations: number;
  evaluations: number;
  inverseHessian: Float64Array;
}

const ARMIJO = 1e-4;
const CURVATURE = 0.9;
/** Two steps in a row that gain less than this share of the value end the search: the surface is flat. */
const FLAT = 1e-13;
/** Evaluations per allowed iteration: an ordinary search needs little more than one. */
const EVALUATIONS_EACH = 3;
/** So many steps that together gain less than this share end it too: a ridge that rises for ever, by ever less. */
const CREEP_STEPS = 8;
const CREEP = 1e-8;
/** Gradient below which a search that cannot go on still counts as settled. */
const STUCK = 1e-4;

/** Nocedal & Wright, Numerical Optimization (2006), algorithm 6.1, with a bracketing line search and clamping to the box. */
export function minimise(objective: Objective, start: ArrayLike<number>, options: MinimiseOptions): Minimum {
  const { lower, upper, maxIterations = 200, gradientTolerance = 1e-8 } = options;
  const size = start.length;
  let at = Float64Array.from(start, (v) => Math.min(upper, Math.max(lower, v)));
  let gradient = new Float64Array(size);
  let value = objective(at, gradient);
  let evaluations = 1;
  const given = options.inverseHessian;
  let inverse = given ? Float64Array.from(given) : identity(size);
  let fresh = !given;
  let flat = 0;
  const values: number[] = [];
  let iterations = 0;
  const result = (converged: boolean): Minimum => ({ at, value, converged, iterations, evaluations, inverseHessian: inverse });
  if (!Number.isFinite(value)) return result(false);

  while (iterations < maxIterations && evaluations < EVALUATIONS_EACH * maxIterations) {
    if (projectedSize(at, gradient, lower, upper) <= gradientTolerance) return result(true);
    iterations++;
    let direction = descent(inverse, gradient, at, lower, upper);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      inverse = identity(size);
      fresh = true;
      direction = descent(inverse, gradient, at, lower, upper);
      slope = dot(direction, gradient);
      if (!(slope < 0)) return result(true);
    }
    // A first step along the bare gradient has no natural length: start with at most one unit of log-parameter.
    const longest = direction.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    // Up to the nearest wall and no further: beyond it the step would no longer be the one whose slope is known.
    let room = Infinity;
    for (let i = 0; i < size; i++) {
      const way = direction[i] ?? 0;
      if (way !== 0) room = Math.min(room, ((way > 0 ? upper : lower) - (at[i] ?? 0)) / way);
    }
    let step = Math.min(room, fresh ? Math.min(1, 1 / longest) : Math.min(1, 4 / longest));
    let low = 0;
    let high = Infinity;
    let next = at;
    let nextGradient = gradient;
    let nextValue = value;
    let found = false;
    for (let attempt = 0; attempt < 40; attempt++) {
      const trial = new Float64Array(size);
      for (let i = 0; i < size; i++) trial[i] = Math.min(upper, Math.max(lower, (at[i] ?? 0) + step * (direction[i] ?? 0)));
      const trialGradient = new Float64Array(size);
      const trialValue = objective(trial, trialGradient);
      evaluations++;
      if (!(trialValue <= value + ARMIJO * step * slope)) {
        high = step;
      } else {
        next = trial;
        nextGradient = trialGradient;
        nextValue = trialValue;
        found = true;
        if (dot(trialGradient, direction) >= CURVATURE * slope || attempt > 12 || step >= room) break;
        low = step;
      }
      step = high === Infinity ? Math.min(room, step * 2) : (low + high) / 2;
      if (step * longest < 1e-14) break;
    }
    if (!found) {
      // Not even straight downhill gains anything: rounding is all that is left, unless the gradient says otherwise.
      if (fresh) return result(projectedSize(at, gradient, lower, upper) <= STUCK);
      inverse = identity(size);
      fresh = true;
      continue;
    }
    const moved = next.map((v, i) => v - (at[i] ?? 0));
    const bent = nextGradient.map((v, i) => v - (gradient[i] ?? 0));
    inverse = update(inverse, moved, bent, fresh);
    fresh = false;
    flat = value - nextValue <= FLAT * (1 + Math.abs(nextValue)) ? flat + 1 : 0;
    at = next;
    gradient = nextGradient;
    value = nextValue;
    if (flat >= 2) return result(true);
    values.push(value);
    const before = values[values.length - 1 - CREEP_STEPS];
    if (before !== undefined && before - value <= CREEP * (1 + Math.abs(value))) return result(true);
  }
  return result(projectedSize(at, gradient, lower, upper) <= STUCK);
}

function identity(size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1;
  return matrix;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Whether component i may not move further along −gradient. */
function pinned(at: number, gradient: number, lower: number, upper: number): boolean {
  return (at <= lower && gradient > 0) || (at >= upper && gradient < 0);
}

function projectedSize(at: Float64Array, gradient: Float64Array, lower: number, upper: number): number {
  let most = 0;
  for (let i = 0; i < at.length; i++) {
    if (!pinned((at[i] ?? 0), (gradient[i] ?? 0), lower, upper)) most = Math.max(most, Math.abs(gradient[i] ?? 0));
  }
  return most;
}

function descent(inverse: Float64Array, gradient: Float64Array, at: Float64Array, lower: number, upper: number): Float64Array {
  const size = at.length;
  const free = gradient.map((g, i) => (pinned((at[i] ?? 0), g, lower, upper) ? 0 : g));
  const direction = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    if (pinned((at[i] ?? 0), (gradient[i] ?? 0), lower, upper)) continue;
    let sum = 0;
    for (let j = 0; j < size; j++) sum += (inverse[i * size + j] ?? 0) * (free[j] ?? 0);
    direction[i] = -sum;
  }
  return direction;
}

/** The BFGS update of the inverse Hessian (Nocedal & Wright eq. 6.17); skipped when curvature is not positive. */
function update(inverse: Float64Array, moved: Float64Array, bent: Float64Array, fresh: boolean): Float64Array {
  const size = moved.length;
  const curvature = dot(moved, bent);
  if (!(curvature > 1e-18)) return inverse;
  const base = fresh ? identity(size).map((v) => (v * curvature) / dot(bent, bent)) : inverse;
  const image = new Float64Array(size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) image[i] = (image[i] ?? 0) + (base[i * size + j] ?? 0) * (bent[j] ?? 0);
  const scale = (1 + dot(bent, image) / curvature) / curvature;
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      out[i * size + j] =
        (base[i * size + j] ?? 0) + scale * (moved[i] ?? 0) * (moved[j] ?? 0) - ((image[i] ?? 0) * (moved[j] ?? 0) + (moved[i] ?? 0) * (image[j] ?? 0)) / curvature;
    }
  }
  return out;
}
