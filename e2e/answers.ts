// The parts of the API's answers that the proofs read.
import { z } from 'zod'

const money = z.object({ amount: z.string(), currency: z.string() })

const day = z.object({ day: z.string(), gross: money, net: money, orders: z.int(), newCustomers: z.int() })

export const dashboard = z.object({
  empty: z.boolean(),
  snapshot: z.object({
    asOf: z.string(),
    ready: z.boolean(),
    windows: z.array(z.object({ days: z.int(), gross: money, net: money, orders: z.int(), newCustomers: z.int(), returningCustomers: z.int() })),
    stages: z.array(z.object({ stage: z.string(), customers: z.int() })),
    cells: z.array(z.object({ recency: z.int(), frequency: z.int(), monetary: z.int(), customers: z.int(), historicalValue: money })),
    value: z.object({ customers: z.int(), historicalValue: money, predictedValue: money, totalValue: money }),
  }),
  trend: z.array(day),
  coverage: z.object({ orders: z.int(), unattributedOrders: z.int(), uncountedOrders: z.int(), parkedRefunds: z.int(), openDeadLetters: z.int() }),
})

export const rfm = z.object({
  cells: z.array(z.object({ recency: z.int(), frequency: z.int(), customers: z.int() })),
  segments: z.array(z.object({ name: z.string(), customers: z.int() })),
})

/** Asked for with `measure=customers`. */
export const cohortCustomers = z.object({
  cohorts: z.array(z.object({ month: z.string(), size: z.int(), cells: z.array(z.object({ offset: z.int(), value: z.number() })) })),
})

export const models = z.object({
  serving: z.object({ runId: z.string().nullable(), asOf: z.string().nullable(), source: z.string() }),
  rows: z.array(z.object({ id: z.string(), asOf: z.string(), serving: z.boolean(), error: z.string().nullable(), parameters: z.record(z.string(), z.unknown()) })),
})

export const company = z.object({ id: z.string(), analysisDate: z.string().nullable(), countZeroOrders: z.boolean(), rebuild: z.object({ runId: z.string() }).nullable() })

export const deadLetters = z.object({ rows: z.array(z.object({ error: z.string(), payload: z.string() })) })

/** Minor units of a two-digit currency. */
export const cents = ({ amount }: { amount: string }): number => Math.round(Number(amount) * 100)
