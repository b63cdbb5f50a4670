// Signs a merchant in as a person does, and watches what a page complains of.
import type { Browser, BrowserContext, Page, Request } from 'playwright-core'
import type { Merchant } from './merchant.ts'

export type Window = {
  context: BrowserContext
  page: Page
  /** Console errors, uncaught exceptions and answers of 500 and above, on any page of this window. */
  complaints: string[]
}

/** What the pages of a window have asked for and not been answered. */
const underway = new WeakMap<BrowserContext, Set<Request>>()

/** A window of its own: cookies are shared with no other. */
export async function openWindow(browser: Browser, baseURL: string, options: { width?: number; height?: number; dark?: boolean } = {}): Promise<Window> {
  const { width = 1280, height = 900, dark = false } = options
  const context = await browser.newContext({ baseURL, locale: 'en-US', timezoneId: 'UTC', viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' })
  context.setDefaultTimeout(30_000)
  const complaints: string[] = []
  const asked = new Set<Request>()
  underway.set(context, asked)
  context.on('request', (request) => asked.add(request))
  context.on('requestfinished', (request) => asked.delete(request))
  context.on('requestfailed', (request) => asked.delete(request))
  context.on('console', (message) => {
    // Who leaves a page while it still reads stops that reading.
    if (message.type() === 'error' && !message.text().startsWith('AbortError')) complaints.push(`${message.page()?.url() ?? ''}: ${message.text()}`)
  })
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`)
  })
  return { context, page: await context.newPage(), complaints }
}

/**
 * Resolves when a page has come to rest: all that it asked for has come, and its scripts have nothing to do.
 * Playwright's own "networkidle" is half a second of silence, each time, and says nothing of scripts.
 *
 * @throws Error naming what is still on its way after half a minute
 */
export async function atRest(page: Page): Promise<void> {
  const asked = underway.get(page.context()) ?? new Set()
  await page.waitForLoadState('load')
  // What a script asks for when it finds the time is on its way by the second look.
  for (let [looks, end] = [0, Date.now() + 30_000]; looks < 2; looks++) {
    await page.evaluate(() => new Promise((resolve) => { requestIdleCallback(() => { setTimeout(resolve, 20) }, { timeout: 500 }) }))
    if (asked.size > 0) looks = -1
    if (Date.now() > end) throw new Error(`${page.url()} does not come to rest: ${[...asked].map((request) => request.url()).join(', ')}`)
  }
}

export async function signIn(page: Page, { email, password }: Pick<Merchant, 'email' | 'password'>): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((url) => url.pathname === '/')
}
