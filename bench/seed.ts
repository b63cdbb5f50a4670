/** Makes a data folder with one large tenant, to look at with `DATA_DIR=… npm start`. Exit codes: 0 done, 1 bad input, 2 could not run. */
import { parseArgs } from 'node:util'
import { BENCH_SIGN_IN, startSeededStack } from './seeded-stack.ts'

const HELP = `node bench/seed.ts [--customers 100000] [--transactions 1000000] [--data-dir .local/bench] [--seed 1]`

function whole(text: string, flag: string, least: number): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least) throw new RangeError(`--${flag} must be a whole number of at least ${least}`)
  return value
}

async function main(): Promise<number> {
  let options: { customers: number; transactions: number; dataDir: string; seed: number }
  try {
    const { values } = parseArgs({
      options: {
        customers: { type: 'string', default: '100000' }, transactions: { type: 'string', default: '1000000' },
        'data-dir': { type: 'string', default: '.local/bench' }, seed: { type: 'string', default: '1' },
      },
    })
    const customers = whole(values.customers, 'customers', 1)
    options = {
      customers, transactions: whole(values.transactions, 'transactions', customers),
      dataDir: values['data-dir'], seed: whole(values.seed, 'seed', 0),
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${HELP}\n`)
    return 1
  }
  try {
    const { stack, tenant } = await startSeededStack({ ...options, log: (line) => process.stdout.write(`${line}\n`) })
    await stack.stop()
    process.stdout.write(`Company "${tenant.slug}" is in ${options.dataDir}. Look at it with DEMO=0 DATA_DIR=${options.dataDir} npm start,\n`)
    process.stdout.write(`signed in as ${BENCH_SIGN_IN.email} with the password ${BENCH_SIGN_IN.password}.\n`)
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }
}

process.exitCode = await main()
