/** Largest contentful paint of a page, as the browser itself reports it. */
import type { BrowserContext } from 'playwright-core'
import { z } from 'zod'

/** After the page is loaded and quiet, later candidates would come from later work. */
const SETTLE_MS = 300

/** Milliseconds from the start of the navigation, with an empty cache. */
export async function largestPaint(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage()
  try {
    const session = await context.newCDPSession(page)
    await session.send('Network.setCacheDisabled', { cacheDisabled: true })
    await page.goto(url, { waitUntil: 'load' })
    await page.waitForTimeout(SETTLE_MS)
    const times = await page.evaluate(() => new Promise<number[]>((resolve) => {
      new PerformanceObserver((list) => resolve(list.getEntries().map((entry) => entry.startTime))).observe({ type: 'largest-contentful-paint', buffered: true })
    }))
    return z.array(z.number()).min(1).parse(times).at(-1) ?? Number.NaN
  } finally {
    await page.close()
  }
}
