/** Who the demo shop's customers are: three kinds of people, how they were won, and at what cost. */
import { inventTaste } from '#core/commerce/demo/basket'
import type { Taste } from '#core/commerce/demo/basket'
import { inventPerson } from '#core/commerce/demo/names'
import type { Person } from '#core/commerce/demo/names'
import { chance, createRandom, gamma, pickWeighted } from '#core/math/random'
import type { Random } from '#core/math/random'
import { calendar, season, weekdayDemand } from './calendar.ts'

/** Hidden from the product: it has to find out. */
export type Kind = 'subscriber' | 'regular' | 'gift' | 'bulk'
export type AcquisitionChannel = 'Organic search' | 'Paid search' | 'Social ads' | 'Referral'

export interface DemoCustomer {
  serial: number
  kind: Kind
  /** A guest has no account: known by e-mail, or not at all. */
  account: 'member' | 'guest' | 'unnamed'
  /** The platform's id; guests have none. */
  id: number | null
  person: Person
  taste: Taste
  acquiredDay: number
  /** Null for guests, and for whoever came while tracking was down. */
  channel: AcquisitionChannel | null
  /** Euro cents. */
  cost: number | null
  consent: 'granted' | 'denied' | 'unknown'
}

export interface Period {
  /** Day numbers, both included. */
  firstDay: number
  lastDay: number
  /** Two weeks in which the shop's tracking recorded no channel. */
  outage: { from: number; through: number }
}

const FIRST_ID = 7_310_000_000_000

const KINDS: readonly { kind: Kind; share: number; guestShare: number }[] = [
  { kind: 'subscriber', share: 0.15, guestShare: 0 },
  { kind: 'regular', share: 0.38, guestShare: 0.085 },
  { kind: 'gift', share: 0.47, guestShare: 0.2 },
]
const UNNAMED_AMONG_GUESTS = 0.12

/** Each channel brings other people, at another price (euro cents, mean), and paid ones grow dearer. */
const CHANNELS: readonly { channel: AcquisitionChannel; cost: number; dearer: number; brings: Readonly<Record<Kind, number>> }[] = [
  { channel: 'Organic search', cost: 210, dearer: 0, brings: { subscriber: 36, regular: 36, gift: 22, bulk: 1 } },
  { channel: 'Paid search', cost: 1450, dearer: 0.25, brings: { subscriber: 24, regular: 32, gift: 26, bulk: 0 } },
  { channel: 'Social ads', cost: 1120, dearer: 0.45, brings: { subscriber: 9, regular: 15, gift: 45, bulk: 0 } },
  { channel: 'Referral', cost: 600, dearer: 0, brings: { subscriber: 31, regular: 17, gift: 7, bulk: 0 } },
]

/** Gift buyers arrive before Christmas, and a few before Mother's Day. */
function giftSeason(day: number): number {
  const { month, date } = calendar(day)
  if (month === 11) return 2.6
  if (month === 12) return date <= 18 ? 2.4 : 0.3
  return month === 5 ? 0.75 : 0.45
}

/** Cumulated weights of the period's days: the shop grows, with its rhythm. */
function arrivals(period: Period, weight: (day: number) => number): (random: Random) => number {
  const days = period.lastDay - period.firstDay + 1
  const cumulated = new Float64Array(days)
  let total = 0
  for (let i = 0; i < days; i++) {
    total += weight(period.firstDay + i) * weekdayDemand(period.firstDay + i) * (1 + (0.5 * i) / days)
    cumulated[i] = total
  }
  return (random) => {
    const wanted = random() * total
    let low = 0, high = days - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((cumulated[middle] ?? total) > wanted) high = middle
      else low = middle + 1
    }
    return period.firstDay + low
  }
}

/** `count` customers, the last of them the bulk buyer. */
export function inventCustomers(seed: string, period: Period, count: number): DemoCustomer[] {
  const ordinary = arrivals(period, season)
  const gifts = arrivals(period, (day) => season(day) * giftSeason(day))
  const customers = Array.from({ length: count - 1 }, (_, serial) => {
    const random = createRandom(`${seed}/customer/${serial}`)
    const { kind, guestShare } = pickWeighted(random, KINDS, (one) => one.share)
    const guest = chance(random, guestShare)
    const account = !guest ? 'member' : chance(random, UNNAMED_AMONG_GUESTS) ? 'unnamed' : 'guest'
    return inventCustomer(random, serial, kind, account, (kind === 'gift' ? gifts : ordinary)(random), period)
  })
  return [...customers, bulkBuyer(seed, period, count - 1)]
}

function inventCustomer(random: Random, serial: number, kind: Kind, account: DemoCustomer['account'], acquiredDay: number, period: Period): DemoCustomer {
  const won = pickWeighted(random, CHANNELS, (one) => one.brings[kind])
  const progress = (acquiredDay - period.firstDay) / (period.lastDay - period.firstDay)
  const cost = Math.round(gamma(random, 6, won.cost * (1 + won.dearer * progress)))
  const tracked = account === 'member' && (acquiredDay < period.outage.from || acquiredDay > period.outage.through)
  return {
    serial, kind, account,
    id: account === 'member' ? FIRST_ID + serial * 101 : null,
    person: inventPerson(random, serial),
    taste: inventTaste(random),
    acquiredDay,
    channel: tracked ? won.channel : null,
    cost: tracked ? cost : null,
    consent: account !== 'member' ? 'unknown' : pickWeighted(random, ['granted', 'denied', 'unknown'], (one) => ({ granted: 58, denied: 12, unknown: 30 })[one]),
  }
}

/** A hotel that buys by the sack: one customer, far out in every distribution. */
function bulkBuyer(seed: string, period: Period, serial: number): DemoCustomer {
  const hotel = inventCustomer(createRandom(`${seed}/bulk`), serial, 'bulk', 'member', period.firstDay + 190, period)
  const person: Person = { first: 'Hotel', last: 'Alpenblick', email: 'einkauf@alpenblick.example', country: 'DE', countryName: 'Germany', currency: 'EUR' }
  return { ...hotel, person, consent: 'denied' }
}
