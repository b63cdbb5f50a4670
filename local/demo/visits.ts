/** On which days each kind of customer buys, and what for. */
import { between, chance, createRandom, exponential, gamma, pickWeighted } from '#core/math/random'
import type { Random } from '#core/math/random'
import { blackFriday, calendar, nearbyDay, season } from './calendar.ts'
import type { DemoCustomer } from './customers.ts'
import { dayNumber } from '#core/calendar/days'

export interface Visit {
  day: number
  purpose: 'household' | 'gift' | 'subscription' | 'bulk'
}

/** @throws nothing; days past `lastDay` are left out. */
export function visitsOf(seed: string, customer: DemoCustomer, lastDay: number): Visit[] {
  const random = createRandom(`${seed}/visits/${customer.serial}`)
  return planned(random, customer, lastDay).filter((visit) => visit.day <= lastDay)
}

function planned(random: Random, customer: DemoCustomer, lastDay: number): Visit[] {
  switch (customer.kind) {
    case 'subscriber': return subscriber(random, customer.acquiredDay, lastDay)
    case 'regular': return household(random, customer.acquiredDay, lastDay, 0.15)
    case 'gift': return giftGiver(random, customer.acquiredDay, lastDay)
    case 'bulk': return hotel(random, customer.acquiredDay, lastDay)
  }
}

/**
 * Buys as a cup empties: gaps around a rate of their own, shorter in busy seasons, and after every purchase a
 * chance to be gone for good.
 */
function household(random: Random, from: number, lastDay: number, dropout: number): Visit[] {
  const visits: Visit[] = []
  const gap = 8 + gamma(random, 2, 34)
  const leaving = Math.min(0.8, gamma(random, 1.6, dropout))
  for (let day = from; day <= lastDay;) {
    visits.push({ day, purpose: 'household' })
    if (chance(random, leaving)) break
    const next = day + 2 + Math.round(gamma(random, 2.2, gap) / season(day + Math.round(gap / 2)))
    day = nearbyDay(random, next, 4)
  }
  return visits
}

/** A fixed interval until they cancel, with shopping beside it; a few try the shop first, some stay on without. */
function subscriber(random: Random, from: number, lastDay: number): Visit[] {
  const visits: Visit[] = []
  const interval = pickWeighted(random, [14, 28, 42], (days) => ({ 14: 16, 28: 56, 42: 28 })[days] ?? 0)
  let day = from
  if (chance(random, 0.45)) {
    visits.push({ day, purpose: 'household' })
    day += between(random, 8, 50)
  }
  const cancelling = Math.min(0.6, gamma(random, 1.4, 0.075))
  for (let renewals = 0; day <= lastDay; renewals++) {
    visits.push({ day, purpose: 'subscription' })
    if (renewals > 0 && chance(random, cancelling)) break
    if (chance(random, 0.12)) visits.push({ day: day + between(random, 3, interval - 3), purpose: chance(random, 0.2) ? 'gift' : 'household' })
    // Now and then a month is skipped, or a card is declined and charged a day later.
    day += chance(random, 0.05) ? interval * 2 : interval + (chance(random, 0.06) ? 1 : 0)
  }
  if (chance(random, 0.2)) visits.push(...household(random, day + 30 + Math.round(exponential(random, 30)), lastDay, 0.3))
  return visits
}

/** One or two presents a year, most of them before Christmas; a few discover coffee for themselves. */
function giftGiver(random: Random, from: number, lastDay: number): Visit[] {
  const visits: Visit[] = [{ day: from, purpose: 'gift' }]
  const faithful = Math.min(0.95, gamma(random, 2, 0.42))
  const lastYear = calendar(lastDay).year
  for (let year = calendar(from).year; year <= lastYear; year++) {
    const sale = blackFriday(year)
    if (chance(random, faithful)) visits.push({ day: nearbyDay(random, sale - 14 + between(random, 0, 28), 3), purpose: 'gift' })
    if (chance(random, faithful * 0.3)) visits.push({ day: dayNumber(`${year}-05-01`) + between(random, 0, 9), purpose: 'gift' })
  }
  if (chance(random, 0.09)) visits.push(...household(random, from + between(random, 20, 90), lastDay, 0.22))
  // The visit that won them is their first; the same present is not bought twice in a week.
  return visits.filter((visit, index) => index === 0 || visit.day > from + 7)
}

function hotel(random: Random, from: number, lastDay: number): Visit[] {
  const visits: Visit[] = []
  for (let day = from; day <= lastDay; day += between(random, 24, 36)) visits.push({ day, purpose: 'bulk' })
  return visits
}
