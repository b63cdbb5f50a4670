// Signs a merchant in as a person does, and watches what a page complains of.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Merchant } from './merchant.ts'

export type Window = {
  context: BrowserContext
  page: Page
  /** Console errors, uncaught exceptions and answers of 500 and above, on any page of this window. */
  complaints: string[]
}

/** A window of its own: cookies are shared with no other. */
export async function openWindow(browser: Browser, baseURL: string, options: { width?: number; height?: number; dark?: boolean } = {}): Promise<Window> {
  const { width = 1280, height = 900, dark = false } = options
  const context = await browser.newContext({ baseURL, locale: 'en-US', timezoneId: 'UTC', viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' })
  context.setDefaultTimeout(30_000)
  const complaints: string[] = []
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

export async function signIn(page: Page, { email, password }: Pick<Merchant, 'email' | 'password'>): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((url) => url.pathname === '/')
}
