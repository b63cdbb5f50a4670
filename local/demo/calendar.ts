/** When people buy coffee: the shop's weekly and yearly rhythm, and local times as instants. */
import { DAY_MS, dayNumber } from '#core/calendar/days'
import { DEMO_COMPANY } from '#core/commerce/demo-order'
import { chance, pickWeighted } from '#core/math/random'
import type { Random } from '#core/math/random'

/** Demand by month, January first; the year peaks in November. */
const MONTHS = [0.95, 0.92, 0.95, 0.93, 0.92, 0.87, 0.8, 0.82, 0.98, 1.08, 1.42, 1.28] as const
/** Demand by weekday, Sunday first: people order on Sunday evening and Monday. */
const WEEKDAYS = [1.22, 1.2, 1.02, 0.98, 0.94, 0.82, 0.82] as const
/** Orders by hour of the day, from 6 o'clock on: breakfast and evening. */
const HOURS = [2, 5, 7, 7, 6, 5, 6, 5, 4, 4, 5, 6, 7, 9, 10, 8, 5, 2] as const
const FIRST_HOUR = 6

/** Calendar parts of a day number. */
export function calendar(day: number): { year: number; month: number; date: number; weekday: number } {
  const at = new Date(day * DAY_MS)
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, date: at.getUTCDate(), weekday: at.getUTCDay() }
}

/** The Friday after the fourth Thursday of November, as a day number. */
export function blackFriday(year: number): number {
  const first = dayNumber(`${year}-11-01`)
  const firstThursday = first + ((4 - calendar(first).weekday + 7) % 7)
  return firstThursday + 22
}

/** Whether the shop's yearly sale runs: Black Friday to the Monday after. */
export function isSale(day: number): boolean {
  const start = blackFriday(calendar(day).year)
  return day >= start && day <= start + 3
}

/** Demand of a day against an ordinary one, without the day of the week. */
export function season(day: number): number {
  const { month, date } = calendar(day)
  const here = MONTHS[month - 1] ?? 1
  // Nothing arrives in time any more after the 20th of December.
  const late = month === 12 && date > 20 ? 0.45 : 1
  return here * late * (isSale(day) ? 1.7 : 1)
}

export function weekdayDemand(day: number): number {
  return WEEKDAYS[calendar(day).weekday] ?? 1
}

/** One of the days from `day` on, at most `spread` later, by the day's demand. */
export function nearbyDay(random: Random, day: number, spread: number): number {
  const days = Array.from({ length: spread + 1 }, (_, i) => day + i)
  return pickWeighted(random, days, (one) => weekdayDemand(one) * season(one))
}

const zoneHours = new Map<number, number>()
const hourInZone = new Intl.DateTimeFormat('en-GB', { timeZone: DEMO_COMPANY.timeZone, hour: '2-digit', hourCycle: 'h23' })

/** Hours that the shop's clock is ahead of UTC on a day, at noon: its switches are at night, its orders are not. */
function hoursAhead(day: number): number {
  let ahead = zoneHours.get(day)
  if (ahead === undefined) {
    ahead = Number(hourInZone.format(new Date(day * DAY_MS + DAY_MS / 2))) - 12
    zoneHours.set(day, ahead)
  }
  return ahead
}

const HOUR_LIST = HOURS.map((weight, index) => ({ hour: FIRST_HOUR + index, weight }))

/** An instant on the shop's local day, in milliseconds: at a likely hour, or at night for what a machine renews. */
export function instantOn(random: Random, day: number, renewal: boolean): number {
  const hour = renewal ? 6 : pickWeighted(random, HOUR_LIST, (one) => one.weight).hour
  const seconds = Math.floor(random() * (chance(random, 0.5) ? 1800 : 3600))
  return (day * 24 + hour - hoursAhead(day)) * 3_600_000 + seconds * 1000
}

