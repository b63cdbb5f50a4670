/** What pages ask at 100,000 customers: the dashboard, the customer list, one customer; and the dashboard painted in a browser. */
import { launch } from '../e2e/browser.ts'
import type { Bench, Row } from './bench.ts'
import { largestPaint } from './largest-paint.ts'
import { openLargeTenant } from './large-tenant.ts'
import type { LargeTenant } from './large-tenant.ts'
import { latencyRows } from './latency.ts'
import { pageTimes } from './page-times.ts'

const LCP_MS = 1_200
const PAGE_LOADS = 8

export const bench: Bench = {
  name: 'dashboard',
  seconds: 60,
  async run() {
    const tenant = await openLargeTenant((line) => process.stderr.write(`${line}\n`))
    try {
      return [...(await pageTimes(tenant)), ...(await painted(tenant))]
    } finally {
      await tenant.stack.stop()
    }
  },
}

async function painted({ stack, signIn }: LargeTenant): Promise<Row[]> {
  const browser = await launch()
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    await page.goto(`${stack.url}/sign-in`)
    await page.fill('input[name=email]', signIn.email)
    await page.fill('input[name=password]', signIn.password)
    await Promise.all([page.waitForURL((url) => !url.pathname.startsWith('/sign-in')), page.press('input[name=password]', 'Enter')])
    const rows: Row[] = []
    for (const path of ['/', '/customers'] as const) {
      const took: number[] = []
      for (let n = 0; n < PAGE_LOADS; n++) took.push(await largestPaint(context, `${stack.url}${path}`))
      rows.push(...latencyRows(`${path === '/' ? 'dashboard' : 'customers'} page, largest paint`, took, [50, 75], { percentile: 75, limit: LCP_MS }))
    }
    return rows
  } finally {
    await browser.close()
  }
}
