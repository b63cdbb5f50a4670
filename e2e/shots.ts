// `npm run shots`: every page on a phone and a desk, in light and dark, as pictures in reports/shots/ for people to look at.
import { mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { DEMO_SIGN_IN, loadDemo } from '../local/demo/load.ts'
import { startStack } from '../local/stack.ts'
import { launch } from './browser.ts'
import { openWindow, signIn } from './open-page.ts'
import { sidewaysOverflow } from './page-checks.ts'

const FOLDER = fileURLToPath(new URL('../reports/shots', import.meta.url))
const WIDTHS = [390, 1440] as const
const DEMO_CUSTOMERS = 2_000
/** Longer pages are pictured as far as one sees without scrolling: they load more rows the further one does. */
const LONGEST = 5_200

/** Before signing in, and after. The last two are found on the page before them. */
export const OUTSIDE = ['/sign-in', '/register', '/forgot-password']
export const INSIDE = [
  '/', '/customers', '/segments', '/segments/new', '/segments/list', '/segments/archived', '/segments/compare', '/actions', '/cohorts', '/forecast', '/rfm', '/discover', '/patterns', '/subscriptions', '/events', '/compare', '/import', '/integrations', '/quality', '/quality/dead-letters', '/sales', '/models', '/nights', '/privacy', '/settings', '/account', '/team', '/api-keys', '/audit', '/no-such-page',
]

/** Those that there are. */
export const PAGES = INSIDE.filter((path) => path !== '/no-such-page')

/** Widths, themes, and the two pages that are found on others. */
export const PICTURES = WIDTHS.length * 2 * (OUTSIDE.length + INSIDE.length + 2)

export type ShotsResult = { pictures: number; problems: string[] }

/** @param url a running instance with the demo shop, without a trailing slash */
export async function takeShots(browser: Browser, url: string, signInWith: { email: string; password: string } = DEMO_SIGN_IN): Promise<ShotsResult> {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  const result: ShotsResult = { pictures: 0, problems: [] }
  for (const width of WIDTHS) {
    for (const dark of [false, true]) {
      const height = width < 600 ? 844 : 900
      const { page, context, complaints } = await openWindow(browser, url, { width, height, dark })
      const shoot = async (path: string): Promise<void> => {
        await page.setViewportSize({ width, height })
        await page.goto(path)
        await settle(page)
        // The screen grows with the page, so that what is fixed to its edges stands at the edges of the picture.
        const whole = await page.evaluate(() => document.documentElement.scrollHeight)
        if (whole > height && whole < LONGEST) {
          await page.setViewportSize({ width, height: whole })
          await settle(page)
        }
        const name = `${path === '/' ? 'dashboard' : path.slice(1).replace(/\/[0-9a-f-]{36}$/, '-one').replaceAll('/', '-')}-${width}-${dark ? 'dark' : 'light'}.png`
        await page.screenshot({ path: join(FOLDER, name) })
        result.pictures += 1
        const overflow = await sidewaysOverflow(page)
        if (overflow !== null) result.problems.push(overflow)
      }
      for (const path of OUTSIDE) await shoot(path)
      await signIn(page, signInWith)
      for (const path of INSIDE) await shoot(path)
      for (const from of ['/customers', '/integrations']) {
        const one = await firstLink(page, from)
        if (one === null) result.problems.push(`${from} leads to no page of one of them`)
        else await shoot(one)
      }
      // A page that does not exist says so to the console as well; everything else must be quiet.
      result.problems.push(...complaints.filter((complaint) => !complaint.includes('/no-such-page')))
      await context.close()
    }
  }
  return result
}

/** Figures, fonts and charts are there, and nothing moves. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(500)
}

async function firstLink(page: Page, from: string): Promise<string | null> {
  await page.goto(from)
  const link = page.locator(`main a[href^="${from}/"]`).first()
  await link.waitFor({ state: 'attached' }).catch(() => undefined)
  return (await link.count()) === 0 ? null : link.getAttribute('href')
}

if (import.meta.main) {
  const given = process.env.SHOTS_URL
  const browser = await launch()
  const stack = given === undefined ? await startStack({ schedules: false, log: console.log }) : undefined
  try {
    if (stack !== undefined) await loadDemo({ baseUrl: stack.url, operatorToken: stack.operatorToken, dataDir: stack.dataDir, customers: DEMO_CUSTOMERS, log: console.log })
    const { pictures, problems } = await takeShots(browser, (given ?? stack?.url ?? '').replace(/\/$/, ''))
    console.log(`${pictures} pictures in reports/shots/`)
    for (const problem of problems) console.error(problem)
    process.exitCode = problems.length === 0 ? 0 : 1
  } finally {
    await browser.close()
    await stack?.stop()
  }
}
