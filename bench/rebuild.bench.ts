/** What a whole tenant costs: derived tables rebuilt, checked against the raw rows, every customer fitted and scored. Reported only. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { rebuildTenant, verifyTenant } from '#data/rebuild'
import { openDatabase } from '#data/tenant'
import type { Bench, Row } from './bench.ts'
import { loadNote } from './conditions.ts'
import { openLargeTenant } from './large-tenant.ts'
import type { LargeTenant } from './large-tenant.ts'

const WITHIN_MS = 600_000

export const bench: Bench = {
  name: 'rebuild',
  seconds: 150,
  async run() {
    const tenant = await openLargeTenant((line) => process.stderr.write(`${line}\n`))
    try {
      const db = openDatabase({ url: tenant.stack.appUrl, endpoint: tenant.stack.neonEndpoint ?? null }).tenant(tenant.companyId)
      return [
        await timed('rebuild, nothing to mend', () => rebuildTenant(db)),
        await timed('verify against the raw rows', async () => {
          const differences = await verifyTenant(db)
          if (differences.length > 0) throw new Error(`The books differ from a recount: ${JSON.stringify(differences[0])}`)
        }),
        await timed('fit and score everyone', () => refit(tenant)),
      ]
    } finally {
      await tenant.stack.stop()
    }
  },
}

async function timed(name: string, work: () => Promise<void>): Promise<Row> {
  const start = performance.now()
  await work()
  return { name, figure: (performance.now() - start) / 1000, unit: 's', peer: null, target: null, note: loadNote() }
}

const standing = z.object({ seq: z.coerce.number(), left: z.boolean() })

/** Until every customer was written by a wave that came after the asking. */
async function refit({ stack, companyId, call }: LargeTenant): Promise<void> {
  const books = new pg.Client({ connectionString: stack.databaseUrl })
  await books.connect()
  const look = async (since: number): Promise<z.infer<typeof standing>> => {
    const { rows: [row] } = await books.query(
      'select seq, exists (select from customer_stats s where s.company_id = $1 and s.seq <= $2) as left from tenant_clock where company_id = $1', [companyId, since])
    return standing.parse(row)
  }
  try {
    const { seq } = await look(0)
    await call(z.unknown(), 'POST', '/models/refit', {})
    for (const end = Date.now() + WITHIN_MS; Date.now() < end; await sleep(250)) {
      if (!(await look(seq)).left) return
    }
    throw new Error('Not everyone was scored in time')
  } finally {
    await books.end()
  }
}
