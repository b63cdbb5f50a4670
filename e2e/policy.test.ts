// Every page, on a phone and wide, light and dark: nothing sticks out sideways, and the content policy holds, with every dialog and menu open.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEMO_SIGN_IN, loadDemo } from '../local/demo/load.ts'
import type { Stack } from '../local/stack.ts'
import { launch } from './browser.ts'
import { startEmptyStack } from './empty-stack.ts'
import { NO_LIMITS } from './merchant.ts'
import { atRest, openWindow, signIn, type Window } from './open-page.ts'
import { sidewaysOverflow } from './page-checks.ts'
import { OUTSIDE, PAGES } from './shots.ts'

let stack: Stack
let browser: Browser

beforeAll(async () => {
  stack = await startEmptyStack({ vars: NO_LIMITS })
  await loadDemo({ baseUrl: stack.url, operatorToken: stack.operatorToken, dataDir: stack.dataDir, customers: 400, log: () => undefined })
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
})

/** A window that notes every report of the policy, from the first byte of each page. */
async function watchedWindow(options: { width?: number; dark?: boolean } = {}): Promise<Window & { violations: string[] }> {
  const window = await openWindow(browser, stack.url, options)
  const violations: string[] = []
  await window.context.exposeFunction('noteViolation', (text: string) => violations.push(text))
  await window.context.addInitScript(`document.addEventListener('securitypolicyviolation', (event) => noteViolation(
    [location.pathname, event.effectiveDirective, event.blockedURI, event.sourceFile, event.lineNumber, event.sample].join(' ')))`)
  return { ...window, violations }
}

async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await atRest(page)
}

/** Each width and each theme once; a full run crosses them. */
const LOOKS = [{ width: 1440, dark: false }, { width: 390, dark: true }, ...(process.env.FULL === '1' ? [{ width: 1440, dark: true }, { width: 390, dark: false }] : [])]

// At the same time: most of it is waiting until a page is at rest.
it.concurrent.each(LOOKS)('is kept on every page at $width pixels, dark: $dark, and nothing sticks out', async (look) => {
  const { page, context, violations, complaints } = await watchedWindow(look)
  const tooWide: (string | null)[] = []
  const judge = async (): Promise<void> => {
    await atRest(page)
    // What a page draws only further down.
    await page.mouse.wheel(0, 4_000)
    await atRest(page)
    tooWide.push(await sidewaysOverflow(page))
  }
  for (const path of OUTSIDE) {
    await page.goto(path)
    await judge()
  }
  await signIn(page, DEMO_SIGN_IN)
  for (const path of PAGES) {
    await page.goto(path)
    await judge()
  }
  for (const list of ['/customers', '/integrations']) {
    await visit(page, list)
    await page.locator(`main a[href^="${list}/"]`).first().click()
    await page.waitForURL(`**${list}/*`)
    await judge()
  }
  expect([...violations, ...complaints, ...tooWide.filter((one) => one !== null)]).toEqual([])
  await context.close()
})

it('reports what a page must not do, so that silence means something', async () => {
  const { page, context, violations } = await watchedWindow()
  await visit(page, '/sign-in')
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'document.title = "taken"'
    const style = document.createElement('style')
    style.textContent = 'body { display: none }'
    document.head.append(script, style)
    document.body.insertAdjacentHTML('beforeend', '<p style="color: red"></p><object data="/favicon.svg"></object><iframe src="/register"></iframe>')
  })
  await expect.poll(() => new Set(violations.map((text) => text.split(' ')[1])), { timeout: 5_000 })
    .toEqual(new Set(['script-src-elem', 'style-src-elem', 'style-src-attr', 'object-src', 'frame-src']))
  expect(await page.title()).not.toBe('taken')
  await context.close()
})

it('lets menus, dialogs, popovers, charts and lists work', async () => {
  const { page, context, violations, complaints } = await watchedWindow()
  await signIn(page, DEMO_SIGN_IN)
  await atRest(page)

  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menu').waitFor()
  // The page stands still behind a menu: the style element that says so carried the nonce.
  expect(await page.evaluate(() => getComputedStyle(document.body).overflow)).toBe('hidden')
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
  await page.keyboard.press('Escape')

  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('mar')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })

  // The finding of a chart is a picture of some size, then a table.
  const canvas = page.locator('canvas').first()
  await canvas.waitFor()
  expect((await canvas.boundingBox())?.width ?? 0).toBeGreaterThan(200)
  await page.getByRole('button', { name: 'Table', exact: true }).first().click()
  await page.getByRole('button', { name: 'Chart', exact: true }).first().click()
  await page.locator('main button[aria-haspopup="dialog"]').first().click()
  await page.locator('[data-radix-popper-content-wrapper]').waitFor()
  await page.keyboard.press('Escape')

  await visit(page, '/customers')
  await page.evaluate(() => { window.scrollTo(0, 6_000) })
  await expect.poll(() => rowsInSight(page)).toBeGreaterThan(10)
  await visit(page, '/integrations')
  await page.locator('main a[href^="/integrations/"]').first().click()
  await page.getByRole('button', { name: /^(Remove|Disconnect)/ }).first().click()
  await page.getByRole('alertdialog').waitFor()
  await page.keyboard.press('Escape')
  expect([...violations, ...complaints]).toEqual([])
  await context.close()
})

/** Rows of the customer list that stand within the window, none on top of another. */
async function rowsInSight(page: Page): Promise<number> {
  return await page.evaluate(() => {
    const tops = [...document.querySelectorAll('[role="row"][aria-rowindex]')].map((row) => row.getBoundingClientRect()).filter(({ bottom, top }) => bottom > 0 && top < innerHeight)
    const apart = new Set(tops.map(({ top }) => Math.round(top)))
    return apart.size === tops.length ? tops.length : -1
  })
}

it('draws bars, heat and rows before any script has run', async () => {
  const signedIn = await openWindow(browser, stack.url)
  await signIn(signedIn.page, DEMO_SIGN_IN)
  const context = await browser.newContext({ baseURL: stack.url, javaScriptEnabled: false, storageState: await signedIn.context.storageState(), viewport: { width: 1280, height: 900 } })
  await signedIn.context.close()
  const page = await context.newPage()
  for (const path of PAGES) {
    const html = await (await page.goto(path))?.text() ?? ''
    // A style attribute of the server would be refused; Remix's own notes come as text in scripts.
    expect(html.replaceAll(/<script[^>]*>.*?<\/script>/gs, '').match(/<[a-z][^>]*\sstyle=[^>]*>|\son[a-z]+="[^"]*"/g) ?? [], path).toEqual([])
    expect(html.match(/<style(?![^>]*nonce=)[^>]*>|<script(?![^>]*nonce=)[^>]*>/g) ?? [], path).toEqual([])
  }
  await page.goto('/')
  const stages = await widthsOf(page, 'main a[href^="/customers?stage="] svg rect')
  expect(stages.length).toBeGreaterThan(3)
  expect(Math.max(...stages)).toBeGreaterThan(60)
  expect(new Set(stages.map(Math.round)).size).toBeGreaterThan(2)
  expect((await colours(page, 'main a[href^="/customers?rfm="]')).size).toBeGreaterThan(3)
  await page.goto('/cohorts')
  expect((await colours(page, 'td[data-cell]')).size).toBeGreaterThan(4)
  await page.goto('/quality')
  expect(Math.max(...(await widthsOf(page, 'main td svg rect')))).toBeGreaterThan(40)
  await page.goto('/customers')
  expect(await rowsInSight(page)).toBeGreaterThan(10)
  await context.close()
})

/** Without scripts a page cannot be asked: each element is. */
async function widthsOf(page: Page, selector: string): Promise<number[]> {
  return await Promise.all((await page.locator(selector).all()).map(async (element) => (await element.boundingBox())?.width ?? 0))
}

async function colours(page: Page, selector: string): Promise<Set<string>> {
  return new Set(await page.locator(selector).evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell).backgroundColor)))
}

it('says the same on files', async () => {
  const html = await (await fetch(`${stack.url}/sign-in`)).text()
  const asset = /\/assets\/[^"]+\.js/.exec(html)?.[0] ?? ''
  for (const path of [asset, '/favicon.svg', '/perennial.js']) {
    const { status, headers } = await fetch(`${stack.url}${path}`)
    expect(status, path).toBe(200)
    expect(headers.get('x-content-type-options'), path).toBe('nosniff')
    expect(headers.get('strict-transport-security'), path).toMatch(/^max-age=63072000/)
    expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
    expect(headers.get('cross-origin-resource-policy'), path).toBe(path === '/perennial.js' ? 'cross-origin' : 'same-origin')
    expect(headers.get('referrer-policy'), path).toBe('no-referrer')
  }
})
