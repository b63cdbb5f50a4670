// A segment is built by keyboard alone, counted while it is edited, kept, and left by a member while somebody looks; the page says why.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import type { Stack } from '../local/stack.ts'
import { launch } from './browser.ts'
import { dashboard } from './answers.ts'
import { startEmptyStack } from './empty-stack.ts'
import { NO_LIMITS, registerMerchant, type Merchant, type Shop } from './merchant.ts'
import { atRest, openWindow, signIn, type Window } from './open-page.ts'
import { sidewaysOverflow, tabsTo } from './page-checks.ts'
import { orderPayload } from './shopify-payload.ts'
import { until } from './until.ts'

const DAY_MS = 86_400_000
const REGULARS = 60
/** Bought every ten days and then stopped, each a day earlier than the one before. */
const IDLE = 9
/** Ordered today, so that she never leaves for silence. */
const IDA = { id: '7200000000000000001', email: 'ida@people.example', firstName: 'Ida', lastName: 'Idle' }
/** As idle as the others, and worth more than 1,000. */
const BIG_SPENDERS = 2

const created = z.object({ id: z.string() })
const preview = z.object({ count: z.int() })

let stack: Stack
let browser: Browser
let window: Window
let page: Page
let merchant: Merchant
let shop: Shop

beforeAll(async () => {
  stack = await startEmptyStack({ vars: NO_LIMITS })
  merchant = await registerMerchant(stack.url, 'Segment shop')
  shop = await merchant.openShop()
  await bringPast()
  browser = await launch()
  window = await openWindow(browser, stack.url)
  page = window.page
})
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
})

const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString()

async function bringPast(): Promise<void> {
  const order = (who: string, n: number, days: number, amount: number, name?: string) => ({
    externalId: `${who}-${n}`, customer: { externalId: who, email: `${who}@people.example`, ...(name !== undefined && { name }) }, occurredAt: daysAgo(days), amount: amount.toFixed(2),
  })
  const regulars = Array.from({ length: REGULARS }, (_, n) => Array.from({ length: 2 + (n % 6) }, (_, k) => order(`r${n}`, k, 3 + (n % 40) + k * (18 + (n % 25)), 20 + (n % 50)))).flat()
  const idle = Array.from({ length: IDLE }, (_, n) => Array.from({ length: 7 }, (_, k) => order(n === 0 ? 'ida' : `idle${n}`, k, 240 + n + k * 10, n > IDLE - 1 - BIG_SPENDERS ? 300 : 50, n === 0 ? 'Ida Idle' : `Idle ${n}`))).flat()
  await merchant.call(z.unknown(), 'POST', '/transactions', [...regulars, ...idle])
  await until('the past to be counted', 60_000, async () => ((await merchant.call(dashboard, 'GET', '/dashboard?range=30d')).snapshot.value.customers === REGULARS + IDLE ? true : null))
  await merchant.call(z.unknown(), 'POST', '/models/refit')
  await merchant.call(created, 'POST', '/segments', { name: 'VIP', filter: { all: [{ is: 'orders.total', op: 'gt', value: 1000 }] } })
}

/** Adds a condition by typing words of its name, and leaves the focus in its first field. */
async function add(words: string): Promise<void> {
  expect(await tabsTo(page, 'Add condition', 80)).not.toBeNull()
  await page.keyboard.press('Enter')
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
  await page.getByRole('combobox', { name: 'Find a condition' }).waitFor({ state: 'hidden' })
}

it('is built by keyboard, with its exact count and its words beside it', async () => {
  await signIn(page, merchant)
  await page.goto('/segments/new')
  await page.getByText('Add a condition to see who matches').waitFor()
  await atRest(page)

  await add('spent on orders')
  await page.keyboard.press('Tab')
  await page.keyboard.type('200')
  await add('last order')
  // The comparison, the number and the unit are there already: 60 days.
  await add('probability of being active')
  await page.keyboard.press('Tab')
  await page.keyboard.type('40')
  await add('in a segment')
  await page.keyboard.type('V')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Must not hold' }).waitFor()
  await page.keyboard.press('Enter')

  const words = page.getByTestId('segment-words')
  await words.getByText('spent on orders more than $200 and last order more than 60 days ago and probability of being active less than 40% and not in “VIP”').waitFor()
  const text = page.getByRole('textbox', { name: 'Conditions as text' })
  expect(await text.inputValue()).toContain('not in segment "VIP"')

  const all = { all: [{ is: 'orders.total', op: 'gt', value: 200 }, { is: 'last_order', op: 'more_than', days: 60 }, { is: 'p_alive', op: 'lt', value: 0.4 }] }
  const withVips = await merchant.call(preview, 'POST', '/segments/preview', { filter: all })
  expect(withVips.count).toBe(IDLE)
  await expect.poll(() => page.getByTestId('segment-count').textContent()).toBe(String(IDLE - BIG_SPENDERS))
  await page.getByText(/Counted exactly in \d+ ms/).waitFor()
})

it('undoes, moves by arrow keys, and reads what is typed as text, with the place of a mistake', async () => {
  const text = page.getByRole('textbox', { name: 'Conditions as text' })
  const before = await text.inputValue()
  expect(await tabsTo(page, /^Move probability of being active/, 80)).not.toBeNull()
  await page.keyboard.press('ArrowUp')
  await page.getByTestId('segment-words').getByText(/^spent on orders more than \$200 and probability/).waitFor()
  await page.keyboard.press('Control+z')
  await expect.poll(() => text.inputValue()).toBe(before)

  await text.fill(`${before}\nand p_alive << 3`)
  await page.getByText(/^Line 2, column \d+:/).waitFor()
  await text.fill(`${before}\nand orders.count >= 7`)
  await page.getByTestId('segment-words').getByText('number of orders at least 7').waitFor()
  await text.fill(before)
  await expect.poll(() => page.getByTestId('segment-count').textContent()).toBe(String(IDLE - BIG_SPENDERS))

  // Who goes away by mistake is asked first, by the page and by the tab, and finds everything as it was.
  await page.getByRole('link', { name: 'Customers', exact: true }).click()
  const asks = page.getByRole('alertdialog', { name: 'Leave without saving?' })
  await asks.waitFor()
  await page.keyboard.press('Escape')
  await asks.waitFor({ state: 'hidden' })
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Customers')
  expect([new URL(page.url()).pathname, await text.inputValue(), await tabMayClose()]).toEqual(['/segments/new', before, false])
})

/** Whether the tab closes without asking. */
const tabMayClose = (): Promise<boolean> => page.evaluate(() => dispatchEvent(new Event('beforeunload', { cancelable: true })))

it('is kept, and a member leaves it by an order, before the eyes of whoever looks, with the reason', async () => {
  expect(await tabsTo(page, 'Name', 40)).not.toBeNull()
  await page.keyboard.type('Lost regulars')
  expect(await tabsTo(page, 'Save segment', 120)).not.toBeNull()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/segments\/[0-9a-f-]{36}$/)
  await page.getByRole('heading', { name: /^Lost regulars/ }).waitFor()
  expect(await tabMayClose()).toBe(true)
  const members = page.getByRole('region', { name: 'Members' })
  await members.getByRole('link', { name: 'Ida Idle' }).waitFor()
  expect(await members.getByRole('row').count()).toBe(1 + IDLE - BIG_SPENDERS)
  await page.getByTestId('freshness').getByText('live').waitFor()
  await page.evaluate(() => Object.assign(globalThis, { notReloaded: true }))

  const now = new Date().toISOString()
  expect((await shop.deliver('orders/create', orderPayload({ id: '9200000000000000001', at: now, updatedAt: now, cents: 4_500, buyer: IDA }))).status).toBe(200)
  await members.getByRole('link', { name: 'Ida Idle' }).waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: new RegExp(`^Lost regulars ?${IDLE - BIG_SPENDERS - 1} members`) }).waitFor()
  const left = page.getByRole('region', { name: 'Came and went' }).getByRole('listitem').filter({ hasText: 'left' })
  await left.filter({ hasText: 'Ida Idle' }).getByText(/an order/).waitFor()
  expect(await page.evaluate(() => Reflect.get(globalThis, 'notReloaded'))).toBe(true)

  await left.getByRole('link', { name: 'Ida Idle' }).click()
  const why = page.getByRole('region', { name: 'Why she is not in Lost regulars' })
  await why.getByText('Does not hold: Last order more than 60 days ago').waitFor()
  await why.getByText('Holds: Spent on orders more than $200').waitFor()
  await why.getByText('She would enter').waitFor()
  expect(window.complaints).toEqual([])
})

it('archived by mistake, it is back by one button: the same segment, with those who are in it', async () => {
  // The search leads to a page by keyboard alone.
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Page or customer' }).fill('s')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.getByRole('combobox', { name: 'Page or customer' }).fill('segm')
  await page.getByRole('option', { name: 'Segments', selected: true }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname === '/segments')
  await page.getByRole('link', { name: 'Lost regulars', exact: true }).click()
  await page.getByRole('heading', { name: /^Lost regulars/ }).waitFor()
  const address = new URL(page.url()).pathname
  // Into a folder and with tags, by keyboard; the list finds it by them, and its page says who did it.
  await page.getByRole('button', { name: 'Folder and tags' }).press('Enter')
  await page.keyboard.type('Campaigns')
  await page.getByLabel('Tags').fill('win back, Win Back, autumn')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Who changed what' }).getByText('Moved to Campaigns; tagged win back, autumn').waitFor()
  await page.getByRole('link', { name: 'Folder Campaigns' }).click()
  const inCampaigns = page.getByRole('table', { name: 'Segments in Campaigns' })
  await page.getByRole('link', { name: 'In Campaigns' }).click()
  await page.getByRole('heading', { name: 'In no folder' }).waitFor()
  await page.locator('summary', { hasText: 'Campaigns' }).press('Enter')
  await inCampaigns.waitFor({ state: 'hidden' })
  await page.reload()
  await page.getByRole('navigation', { name: 'Filter' }).getByRole('link', { name: 'autumn' }).click()
  await page.getByRole('heading', { name: 'In no folder' }).waitFor({ state: 'detached' })
  await inCampaigns.getByRole('link', { name: 'Lost regulars', exact: true }).click()
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Archive', exact: true }).click()
  await page.waitForURL(/archived=/)
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await page.waitForURL((url) => url.pathname === address)
  await page.getByRole('heading', { name: new RegExp(`^Lost regulars ?${IDLE - BIG_SPENDERS - 1} members`) }).waitFor()
})

it('a list is changed beside its members and taken back; what was archived is found again', async () => {
  await page.goto('/segments/list')
  await page.getByLabel('Name').fill('Letters')
  await page.getByLabel('Addresses or ids').fill('ida@people.example\nidle1@people.example\nnobody@people.example')
  await page.getByRole('button', { name: 'Make the segment' }).click()
  await page.getByText('1 of them leads to nobody we know').waitFor()
  const [members, card] = [page.getByRole('region', { name: 'Members', exact: true }), page.getByRole('region', { name: 'The list' })]
  await members.getByRole('button', { name: 'Take Ida Idle off the list' }).press('Enter')
  await members.getByText('1 person taken off the list.').waitFor()
  await members.getByRole('link', { name: 'Ida Idle' }).waitFor({ state: 'detached' })
  await members.getByRole('button', { name: 'Undo' }).press('Enter')
  await members.getByRole('link', { name: 'Ida Idle' }).waitFor()
  await card.getByText('2 people stand on it').waitFor()
  expect(await page.getByRole('region', { name: 'Who changed what' }).getByRole('listitem').allInnerTexts()).toMatchObject([/1 person put on the list/, /1 person taken off the list/, /Made/].map((words) => expect.stringMatching(words)))
  await card.getByText('Put people on it').click()
  await card.getByLabel('Addresses or ids').fill('idle2@people.example\nidle1@people.example')
  await card.getByRole('button', { name: 'Put them on it' }).click()
  await card.getByText('1 person put on the list. 1 person stood on it already.').waitFor()
  const letters = new URL(page.url()).pathname
  await page.goto(`${letters}/edit`)
  await page.getByTestId('segment-words').getByText('on the list “Letters”').waitFor()
  const lists = page.getByRole('combobox', { name: /On an uploaded list.*: List$/ })
  expect([await lists.inputValue(), (await lists.getByRole('option').allInnerTexts()).filter((one) => one === 'VIP')]).toEqual([letters.split('/').at(-1), []])
  await page.goto(letters)
  await members.getByRole('link', { name: 'Idle 2' }).click()
  const why = page.getByRole('region', { name: 'Why she is in Letters' })
  await why.getByText(/so since .*, when she was put on it/).waitFor()
  await why.getByLabel('On a past day').fill(daysAgo(3).slice(0, 10))
  await why.getByRole('button', { name: 'Show that day' }).click()
  await page.getByRole('region', { name: 'Why she was not in Letters' }).getByText('Does not hold: On the list').waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Archive', exact: true }).click()
  await page.getByRole('link', { name: '1 archived segment' }).click()
  await page.getByRole('button', { name: 'Bring back Letters' }).press('Enter')
  await page.getByRole('heading', { name: /^Letters ?3 members/ }).waitFor()
  expect(window.complaints).toEqual([])
})

it('works without scripts, by the text form, and sticks out nowhere on a phone', async () => {
  const context = await browser.newContext({ baseURL: stack.url, javaScriptEnabled: false, viewport: { width: 390, height: 844 }, storageState: await window.context.storageState(), locale: 'en-US' })
  const plain = await context.newPage()
  await plain.goto('/segments/new')
  await plain.getByLabel('Name').fill('By text')
  await plain.getByRole('textbox', { name: 'Conditions as text' }).fill('orders.count >= 7 andd')
  await plain.getByRole('button', { name: 'Save segment' }).click()
  await plain.getByText(/Line 1, column \d+/).waitFor()
  await plain.getByLabel('Name').fill('By text')
  await plain.getByRole('textbox', { name: 'Conditions as text' }).fill('orders.count >= 7')
  await plain.getByRole('button', { name: 'Count', exact: true }).click()
  await plain.getByText('Counted exactly').waitFor()
  await plain.getByRole('button', { name: 'Save segment' }).click()
  await plain.waitForURL(/\/segments\/[0-9a-f-]{36}$/)
  await plain.getByRole('heading', { name: /^By text/ }).waitFor()
  const address = new URL(plain.url()).pathname
  await context.close()
  await page.setViewportSize({ width: 390, height: 844 })
  const problems: (string | null)[] = []
  for (const path of ['/segments', address, `${address}/edit`]) {
    await page.goto(path)
    problems.push(await sidewaysOverflow(page))
  }
  expect(problems.filter((one) => one !== null)).toEqual([])
  expect(window.complaints).toEqual([])
})
