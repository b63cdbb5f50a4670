// `npm start`: everything on one machine, the demo shop the first time, until Ctrl-C.
import { offerDemo } from './demo-shop.ts'
import { startStack, type Stack } from './stack.ts'

const started = performance.now()
const say = (line: string): void => console.log(line)
let stack: Stack | undefined
let stopping = false

/** The first signal ends things in order, a second one at once. */
async function stop(signal: string): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  say(`\nStopping (${signal}): running work is finished first.`)
  try {
    await stack?.stop()
    say('Stopped.')
    process.exit(0)
  } catch (error) {
    console.error(error)
    process.exit(1)
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal))

try {
  say('Starting Perennial on this machine.')
  stack = await startStack({
    dataDir: process.env.DATA_DIR ?? '.local',
    port: Number(process.env.PORT ?? 8787),
    databaseUrl: process.env.DATABASE_URL,
    log: say,
  })
  // A signal that came while things were starting found nothing to stop.
  if (stopping) await stack.stop()
  const signIn = await offerDemo(stack, say)
  say(`\nReady in ${((performance.now() - started) / 1000).toFixed(1)} s: ${stack.url}`)
  say(signIn)
  say('Ctrl-C stops it.')
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(2)
}
