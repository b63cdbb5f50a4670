// `npm start`: everything on one machine, the demo shop the first time, until Ctrl-C.
import { join } from 'node:path'
import { offerDemo } from './demo-shop.ts'
import { startStack } from './stack.ts'

const started = performance.now()
const say = (line: string): void => console.log(line)
let stopping = false
let stopDemo = (): Promise<void> => Promise.resolve()

/** The first signal ends things in order, a second one at once. */
async function stop(signal: string): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  say(`\nStopping (${signal}): running work is finished first.`)
  try {
    await stopDemo()
    const stack = await starting.catch(() => undefined)
    await stack?.stop()
    say('Stopped.')
    process.exit(0)
  } catch (error) {
    console.error(error)
    process.exit(1)
  }
}

/** Takes the signals over from the emulator, which would end workerd in the middle of its work. */
function listen(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal)
    process.on(signal, () => void stop(signal))
  }
}

listen()
say('Starting Perennial on this machine.')
const starting = startStack({
  dataDir: process.env.DATA_DIR ?? '.local',
  port: Number(process.env.PORT ?? 8787),
  databaseUrl: process.env.DATABASE_URL,
  log: say,
})

try {
  const stack = await starting
  listen()
  say(`\nReady in ${((performance.now() - started) / 1000).toFixed(1)} s: ${stack.url}`)
  const demo = await offerDemo(stack, say)
  stopDemo = demo.stop
  say(demo.signIn)
  say(`What would be mailed is kept in ${join(stack.dataDir, 'mail')}.`)
  say('Ctrl-C stops it.')
} catch (error) {
  if (!stopping) {
    console.error(error instanceof Error ? error.message : error)
    await starting.then((stack) => stack.stop()).catch(() => undefined)
    process.exit(2)
  }
}
