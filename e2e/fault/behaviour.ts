// What people did besides buying: by name, or by a browser's own id that is theirs once an event says so.
import { apiCustomer } from './people.ts'
import type { Chance } from './random.ts'
import { stamp } from './sale.ts'

export type Behaviour = { id: string; type: string; at: string; person: number | null; anonymousId: string | null }

const TYPES = ['page_view', 'product_view', 'email_open', 'cart_add'] as const
const DAYS = 20
const DAY_MS = 86_400_000

export function inventBehaviour(chance: Chance, count: number, persons: number, now: Date): Behaviour[] {
  return Array.from({ length: count }, (_, n) => {
    const person = chance.between(1, persons)
    const named = chance.happens(0.4)
    return {
      id: `event-${n}`,
      type: TYPES[chance.between(0, TYPES.length - 1)] ?? 'page_view',
      at: stamp(now.getTime() - chance.between(DAY_MS / 1000, (DAYS * DAY_MS) / 1000) * 1000),
      person: named ? person : null,
      anonymousId: named && chance.happens(0.5) ? null : `browser-${person}`,
    }
  })
}

export const eventRecord = ({ id, type, at, person, anonymousId }: Behaviour): object =>
  ({ id, type, occurredAt: at, ...(person !== null && { customer: apiCustomer(person) }), ...(anonymousId !== null && { anonymousId }), properties: { id } })

/** Whose each event is in the end: its own person's, or that of its browser if any event named her with it. */
export function expectedOwners(events: readonly Behaviour[]): Map<string, number | null> {
  const owners = new Map<string, number>()
  for (const { anonymousId, person } of events) if (anonymousId !== null && person !== null) owners.set(anonymousId, person)
  return new Map(events.map(({ id, person, anonymousId }) => [id, person ?? owners.get(anonymousId ?? '') ?? null]))
}
