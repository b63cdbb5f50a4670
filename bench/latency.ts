/** How long answers take, one after another, and what that comes to in percentiles. */
import { quantile } from '#core/math/quantile'
import type { Row } from './bench.ts'
import { loadNote } from './conditions.ts'

const WARM_UP = 15
const MEASURED = 80

/** Milliseconds of each call, after a warm-up that is not counted; `ask` fails when the answer is not what it should be. */
export async function timeEach(ask: (n: number) => Promise<void>, times = MEASURED): Promise<number[]> {
  for (let n = 0; n < WARM_UP; n++) await ask(n)
  const took: number[] = []
  for (let n = 0; n < times; n++) {
    const start = performance.now()
    await ask(WARM_UP + n)
    took.push(performance.now() - start)
  }
  return took
}

/** A row a percentile, 100 for the worst; one alone is held to the target. */
export function latencyRows(name: string, took: readonly number[], percentiles: readonly number[], held: { percentile: number; limit: number } | null, floor: Row['peer'] = null): Row[] {
  const note = `${took.length} times, ${loadNote()}`
  return percentiles.map((p): Row => ({
    name: `${name} ${p === 100 ? 'worst' : `p${p}`}`, figure: quantile(took, p / 100), unit: 'ms', peer: floor, note,
    target: p === held?.percentile ? { of: 'figure', bound: 'at_most', value: held.limit } : null,
  }))
}
