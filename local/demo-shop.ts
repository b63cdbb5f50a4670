// Fills a new data folder with the demo shop, and remembers how to sign in to it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const LOADER = fileURLToPath(new URL('./demo/load.ts', import.meta.url))

const signInSchema = z.object({ email: z.string(), password: z.string() })
const loaderSchema = z.object({
  loadDemo: z.custom<(options: { baseUrl: string; operatorToken: string; log: (line: string) => void }) => Promise<unknown>>(
    (value) => typeof value === 'function',
  ),
})

/**
 * Loads the demo once a data folder, unless DEMO=0; a load that was cut short is made again by the next start.
 *
 * @returns the line that tells a person how to get in
 */
export async function offerDemo(
  stack: { url: string; dataDir: string; operatorToken: string; isNew: boolean },
  log: (line: string) => void,
): Promise<string> {
  const file = join(stack.dataDir, 'demo.json')
  const welcome = 'Open it and register the first company.'
  if (existsSync(file)) {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const parsed = signInSchema.safeParse(kept)
    if (parsed.success) return describe(parsed.data)
    if (z.object({ loading: z.literal(true) }).safeParse(kept).success) log('The demo shop was not loaded to its end: loading it again.')
  } else if (!stack.isNew) {
    return 'Sign in as before.'
  }
  if (process.env.DEMO === '0' || !existsSync(LOADER)) return welcome
  writeFileSync(file, JSON.stringify({ loading: true }))
  log('Loading the demo shop.')
  const loaded: unknown = await import(LOADER)
  const result = await loaderSchema.parse(loaded).loadDemo({ baseUrl: stack.url, operatorToken: stack.operatorToken, log })
  const signIn = signInSchema.parse(result)
  writeFileSync(file, `${JSON.stringify({ email: signIn.email, password: signIn.password })}\n`, { mode: 0o600 })
  return describe(signIn)
}

const describe = ({ email, password }: z.infer<typeof signInSchema>): string => `Demo shop: sign in as ${email} with the password ${password}`
