// Repeatable chance: a failed run is run again with the seed that it printed.

export type Chance = {
  /** In [0, 1). */
  next(): number
  /** Whole number from `low` up to and including `high`. */
  between(low: number, high: number): number
  /** True `share` of the time. */
  happens(share: number): boolean
  /** A new array in any order. */
  shuffled<T>(list: readonly T[]): T[]
}

/** mulberry32 (Tommy Ettinger, public domain). */
export function chanceOf(seed: number): Chance {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between,
    happens: (share) => next() < share,
    shuffled(list) {
      return list
        .map((item) => ({ item, place: next() }))
        .sort((a, b) => a.place - b.place)
        .map(({ item }) => item)
    },
  }
}
