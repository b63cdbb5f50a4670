// The local stand-in for Neon's SQL over HTTP: a batch is one transaction, and what is refused leaves no trace behind.
import { neon, neonConfig } from '@neondatabase/serverless'
import type { NeonQueryFunction } from '@neondatabase/serverless'
import { beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '../support/database.ts'

let sql: NeonQueryFunction<false, false>

beforeAll(async () => {
  const { ownerUrl, neonEndpoint } = await createTestDatabase()
  neonConfig.fetchEndpoint = () => neonEndpoint
  sql = neon(ownerUrl)
  await sql`create table marks (n int primary key)`
})

const mark = (n: number) => sql`insert into marks values (${n})`
const marks = async () => (await sql`select n from marks order by n`).map((row) => row.n)

it('keeps all of a batch or nothing of it, and names the statement that was refused first', async () => {
  await sql.transaction([mark(1), mark(2)])
  await expect(sql.transaction([mark(3), mark(1), mark(4), sql`select 1 / 0`])).rejects.toMatchObject({ code: '23505', constraint: 'marks_pkey' })
  expect(await marks()).toEqual([1, 2])
})

it('goes on after a refusal, also with statements that were prepared in it', async () => {
  for (let round = 0; round < 20; round++) {
    await expect(sql.transaction([sql`select ${round}::int as round`, mark(1), sql`select ${round}::int + 1 as after`])).rejects.toMatchObject({ code: '23505' })
    expect(await sql.transaction([sql`select ${round}::int as round`, sql`select ${round}::int + 1 as after`])).toEqual([[{ round }], [{ after: round + 1 }]])
  }
  expect(await marks()).toEqual([1, 2])
})

it('answers many at once, each with its own rows in its own order', async () => {
  const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => sql.transaction([sql`select ${n}::int as a`, sql`select ${n}::int * 2 as b`, sql`select n from generate_series(1, ${n}::int) as n`])))
  for (const [n, [a, b, rows]] of answers.entries()) {
    expect([a, b]).toEqual([[{ a: n }], [{ b: n * 2 }]])
    expect(rows).toHaveLength(n)
  }
})

it('sees a constraint that is checked only at the end refuse the whole', async () => {
  await sql`create table pairs (n int primary key, other int references pairs deferrable initially deferred)`
  await expect(sql.transaction([sql`insert into pairs values (1, 2)`])).rejects.toMatchObject({ code: '23503' })
  expect(await sql`select count(*)::int as n from pairs`).toEqual([{ n: 0 }])
})
