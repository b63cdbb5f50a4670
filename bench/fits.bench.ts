/** Speed and memory of fits and scores, against what modelling asks. */
import type { Bench } from './bench.ts'
import { benchFits } from './fits.ts'

export const bench: Bench = {
  name: 'fits',
  seconds: 90,
  async run() {
    return (await benchFits()).map(({ name, value, unit, limit, peer, note }) => ({
      name, figure: value, unit, peer, note,
      target: limit === null ? null : { of: 'figure', bound: 'at_most', value: limit },
    }))
  },
}
