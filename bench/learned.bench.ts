/** How fast learned models are fitted and asked, beside one pass over the same data. */
import { seeded } from '#core/math/seeded'
import { binRows, fitBins } from '#core/boosting/bins'
import { boost, predictBoosted, rising } from '#core/boosting/boost'
import { growForest } from '#core/boosting/forest'
import { SplitSearch } from '#core/boosting/split-search'
import { treeShap } from '#core/boosting/tree-shap'
import type { Matrix } from '#core/learning/encoding'
import { designRows, fitLinearDesign } from '#core/learning/linear-design'
import { fitLogistic } from '#core/learning/logistic'
import type { Bench, Row } from './bench.ts'
import { timed } from './timed.ts'

/** Customers and columns of the churn set of CDNOW. */
const ROWS = 23_570
const COLUMNS = 13
const ROUNDS = 300

/** Columns as skewed and as related as those of customers, and a label that two of them and their product tell. */
function sample(rows: number): { matrix: Matrix; y: Float64Array } {
  const random = seeded(20_261_122)
  const columns = Array.from({ length: COLUMNS }, () => Float64Array.from({ length: rows }, () => Math.round(1000 * random() ** 3)))
  const y = Float64Array.from({ length: rows }, (_, i) => {
    const [a = 0, b = 0] = [columns[0]?.[i], columns[1]?.[i]]
    return Number(random() < 1 / (1 + Math.exp(1 - a / 200 + b / 300 - (a * b) / 2e5)))
  })
  return { matrix: { rows, names: columns.map((_, c) => `c${c}`), columns, source: columns.map((_, c) => c) }, y }
}

/** One histogram of every column over all rows: no boosted tree can be grown with less. */
function pass(matrix: Matrix): number {
  const rows = binRows(fitBins(matrix), matrix)
  const search = new SplitSearch(rows, { l2: 1, minChildWeight: 1, minGain: 0, maxStep: Infinity, monotone: null })
  const histogram = new Float64Array(search.histogramSize)
  const order = rising(matrix.rows)
  const ones = new Float64Array(matrix.rows).fill(1)
  return timed(20, () => {
    for (let column = 0; column < COLUMNS; column++) search.fill(histogram, column, order, 0, matrix.rows, ones, ones)
  }).seconds
}

export const bench: Bench = {
  name: 'learned',
  seconds: 40,
  async run() {
    const { matrix, y } = sample(ROWS)
    const design = fitLinearDesign(matrix, new Set(rising(COLUMNS)))
    const x = designRows(design, matrix)
    const floor = pass(matrix)
    const options = { loss: { name: 'logistic' as const }, rounds: ROUNDS, maxDepth: 6, rate: 0.05 }
    const boosted = timed(2, () => boost(matrix, y, options))
    const model = boosted.result
    const large = sample(200_000)
    const row = (name: string, figure: number, peer: Row['peer'], note: string): Row => ({ name, figure, unit: 's', peer, target: null, note })
    const passes = (count: number) => ({ name: `${Math.round(count)} histogram passes`, figure: count * floor })
    return [
      row(`boosted trees, ${ROUNDS} of depth 6, 24k × ${COLUMNS}`, boosted.seconds, passes(ROUNDS), 'one pass a tree is the least; a tree of depth 6 with sibling subtraction takes about three'),
      row(`forest, 200 trees, 24k × ${COLUMNS}`, timed(2, () => growForest(matrix, y, { trees: 200, minLeaf: 20 })).seconds, passes(200), 'leaves of 20'),
      row(`logistic regression, 24k × ${COLUMNS}`, timed(3, () => fitLogistic(x, y)).seconds, { name: 'one pass over the terms', figure: timed(10, () => x.reduce((sum, value) => sum + value, 0)).seconds }, 'Newton'),
      row(`boosted trees asked, 24k × ${ROUNDS} trees`, timed(3, () => predictBoosted(model, matrix)).seconds, null, ''),
      row(`TreeSHAP, 1k × ${ROUNDS} trees of depth 6`, timed(1, () => treeShap(model.trees, { ...matrix, rows: 1000 }, model.base)).seconds, null, 'exact'),
      row(`boosted trees, 100 of depth 4, 200k × ${COLUMNS}`, timed(1, () => boost(large.matrix, large.y, { ...options, rounds: 100, maxDepth: 4 })).seconds, passes(100 * (200_000 / ROWS)), ''),
    ]
  },
}
