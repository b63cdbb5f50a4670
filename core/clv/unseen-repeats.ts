/** Shops in which nobody has bought twice: the likelihood says only that repeats are rare, and any rate near zero fits best. */
import { need, type BehaviourData, type BehaviourModel, type Params } from './behaviour.ts';

/** Purchase rates from an ordinary shop's times e⁰ down to times e⁻¹⁶, below which a million customers show nothing. */
const STEPS = 96;
const RANGE = 16;
const DRAWS = 24;

/** Whether no customer of `data` has a repeat purchase day; rows of weight zero are nobody. */
export function nobodyRepeated({ x, weights }: BehaviourData): boolean {
  return x.length > 0 && x.every((repeats, i) => repeats === 0 || weights?.[i] === 0);
}

/**
 * Equally likely parameters where there is no repeat to fit: an ordinary shop's (`prior`, times in weeks), its purchase rate
 * times s ≤ 1. What is known of s is the likelihood of so much silence, times Jeffreys' prior of a rate, s^−½: n customers
 * silent for t each bound it at about 1.35 ÷ (n·t), 9 times in 10.
 */
export function unseenRepeats(model: BehaviourModel, prior: Params, data: BehaviourData, unitDays: number): { best: Params; draws: Params[] } {
  const rows = model.toRows(data);
  const likelihood = model.rowLikelihood(unitDays);
  const gradient = new Float64Array(model.symbols.length);
  const at = (logS: number): Params => Object.fromEntries(model.symbols.map((symbol) => {
    const value = need(prior, symbol) * (model.times.includes(symbol) ? 7 / unitDays : 1);
    return [symbol, symbol === 'alpha' ? value * Math.exp(-logS) : value];
  }));
  const steps = Array.from({ length: STEPS }, (_, i) => (-RANGE * (i + 0.5)) / STEPS);
  const logs = steps.map((logS) => {
    const params = at(logS);
    // Half of ln s: s^−½ on s is s^½ on ln s.
    return likelihood(rows, Float64Array.from(model.symbols, (symbol) => Math.log(need(params, symbol))), gradient) + logS / 2;
  });
  const most = Math.max(...logs);
  const weight = logs.map((log) => Math.exp(log - most));
  const total = weight.reduce((sum, w) => sum + w, 0);
  const draws: Params[] = [];
  let below = 0;
  for (let i = STEPS - 1; i >= 0; i--) {
    const upTo = below + (weight[i] ?? 0) / total;
    // Each draw stands for an equal share of the probability, at its middle.
    for (let d = draws.length; d < DRAWS && (d + 0.5) / DRAWS <= upTo; d++) draws.push(at((steps[i] ?? 0) + ((0.5 - ((d + 0.5) / DRAWS - below) / (upTo - below)) * -RANGE) / STEPS));
    below = upTo;
  }
  while (draws.length < DRAWS) draws.push(at(steps[0] ?? 0));
  // Of the mean rate, r ÷ alpha.
  return { draws, best: { ...at(0), alpha: draws.length / draws.reduce((sum, draw) => sum + 1 / need(draw, 'alpha'), 0) } };
}
