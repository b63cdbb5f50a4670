// A company's people in the browser, from the first registration to what each of them may do: letters, codes, roles, a provider.
import { randomBytes, randomUUID } from 'node:crypto'
import { generate } from 'otplib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../local/free-port.ts'
import { startOpenIdServer, type OpenIdServer } from '../local/platforms/openid-server.ts'
import type { Stack } from '../local/stack.ts'
import { launch } from './browser.ts'
import { startEmptyStack } from './empty-stack.ts'
import { mailTo } from './mailbox.ts'
import { NO_LIMITS } from './merchant.ts'
import { openWindow, signIn, type Window } from './open-page.ts'
import { setForgottenPassword, signInWithCode, signOut, turnOnTwoSteps } from './own-account.ts'
import { sidewaysOverflow, tabsTo } from './page-checks.ts'
import { until } from './until.ts'

const OWNER = 'olive@green-lantern.example'
const VIEWER = 'victor@green-lantern.example'
const FIRST_PASSWORD = 'three unrelated words'
const PASSWORD = 'four other quiet words'
const VIEWERS_PASSWORD = 'five calm and unseen words'
const GOOGLE_SUBJECT = randomUUID()
const GOOGLE_EMAIL = 'gwen@other-lantern.example'

let stack: Stack
let google: OpenIdServer
let browser: Browser
let owner: Window
let viewer: Window
let secret = ''
let recoveryCodes: string[] = []

beforeAll(async () => {
  const port = await freePort()
  const client = { clientId: 'here', clientSecret: randomBytes(24).toString('base64url') }
  google = await startOpenIdServer({ shape: 'google', ...client, redirectUris: [`http://127.0.0.1:${port}/api/v1/auth/oauth/google/callback`] })
  google.accounts.set(GOOGLE_SUBJECT, { email: GOOGLE_EMAIL, email_verified: true, hd: 'other-lantern.example', name: 'Gwen' })
  const provider = { GOOGLE_CLIENT_ID: client.clientId, GOOGLE_CLIENT_SECRET: client.clientSecret, PLATFORM_ORIGINS: JSON.stringify({ 'https://accounts.google.com': google.origin }) }
  stack = await startEmptyStack({ port, vars: { ...NO_LIMITS, ...provider } })
  browser = await launch()
  owner = await openWindow(browser, stack.url)
  viewer = await openWindow(browser, stack.url)
})
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
  await google?.close()
})

const letter = (to: string, subject: string): Promise<string> => until(`a letter to ${to}: ${subject}`, 10_000, () => mailTo(stack.dataDir, to, subject))
const linkIn = (text: string): string => /https?:\S+/.exec(text)?.[0] ?? ''
/** A code that was not taken yet: of this half minute one was. */
const nextCode = (): Promise<string> => generate({ secret, epoch: Math.floor(Date.now() / 1000) + 30 })
const ask = (page: Page, method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> =>
  page.evaluate(async ([how, where, what]) => {
    const answer = await fetch(where, { method: how, headers: { 'content-type': 'application/json', 'x-requested-with': 'perennial' }, ...(what === '' ? {} : { body: what }) })
    return { status: answer.status, text: await answer.text() }
  }, [method, `/api/v1${path}`, body === undefined ? '' : JSON.stringify(body)] as const)

it('registers, and confirms the address by the letter', async () => {
  const { page } = owner
  await page.goto('/')
  await page.waitForURL('**/register')
  await page.getByLabel('Company or shop').fill('Green Lantern')
  await page.getByLabel('E-mail').fill(OWNER)
  await page.getByLabel('Password').fill(FIRST_PASSWORD)
  await page.getByRole('button', { name: 'Register', exact: true }).click()
  await page.getByText('No orders yet').waitFor()
  await page.goto('/account')
  await page.getByText('This address is not confirmed yet').waitFor()
  await page.goto(linkIn(await letter(OWNER, 'Confirm your e-mail address')))
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText(`${OWNER} is confirmed.`).waitFor()
  await page.getByRole('link', { name: 'Go on' }).click()
  await page.getByText('No orders yet').waitFor()
  await page.goto('/account')
  await page.getByText('You sign in as').waitFor()
  expect(await page.getByText('This address is not confirmed yet').count()).toBe(0)
})

it('turns on two-step sign-in, signs out, and comes back with a code', async () => {
  const { page } = owner
  const made = await turnOnTwoSteps(page, FIRST_PASSWORD)
  ;({ secret, codes: recoveryCodes } = made)
  await letter(OWNER, 'Two-step sign-in is on')
  await signOut(page)
  await page.goto('/customers')
  await page.waitForURL('**/sign-in?next=%2Fcustomers')
  await signInWithCode(page, OWNER, FIRST_PASSWORD, await nextCode())
  await page.getByText('No orders yet').waitFor()
})

it('has forgotten the password and lost the phone, and comes back by a letter and a recovery code, which works once', async () => {
  const { page } = owner
  await signOut(page)
  await setForgottenPassword(page, stack.dataDir, OWNER, PASSWORD)
  await signInWithCode(page, OWNER, PASSWORD, recoveryCodes[0] ?? '')
  expect(await letter(OWNER, 'A recovery code was used')).toContain('9 of them are left')
  await signOut(page)
  await page.getByLabel('E-mail').fill(OWNER)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByLabel('Code').fill(recoveryCodes[0] ?? '')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByText('This code is not right, or was used already').waitFor()
  await page.getByLabel('Code').fill(recoveryCodes[1] ?? '')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL((url) => url.pathname === '/')
})

it('invites a Viewer, who joins in another browser', async () => {
  const { page } = owner
  await page.goto('/team')
  const invite = page.getByRole('region', { name: 'Invite someone' })
  await invite.getByLabel('E-mail').fill(VIEWER)
  await invite.getByLabel('Role').selectOption('viewer')
  await invite.getByRole('button', { name: 'Send invitation' }).click()
  await page.getByText(`A letter is on its way to ${VIEWER}.`).waitFor()
  const text = await letter(VIEWER, 'You are invited to Perennial')
  expect(text).toContain(OWNER)
  await viewer.page.goto(linkIn(text))
  await viewer.page.getByRole('heading', { name: 'Join Green Lantern' }).waitFor()
  await viewer.page.getByLabel('Your name').fill('Victor')
  await viewer.page.getByLabel('Password').fill(VIEWERS_PASSWORD)
  await viewer.page.getByRole('button', { name: 'Join', exact: true }).click()
  await viewer.page.getByText('No orders yet').waitFor()
  await page.reload()
  await page.getByRole('listitem').filter({ hasText: VIEWER }).getByRole('combobox', { name: `Role of ${VIEWER}` }).waitFor()
})

it('shows a Viewer no button for what a Viewer cannot do', async () => {
  const { page } = viewer
  await page.goto('/team')
  await page.getByRole('listitem').filter({ hasText: OWNER }).waitFor()
  for (const name of ['Send invitation', /^Change the role/, /^Deactivate/, /^Reset two-step/]) expect(await page.getByRole('button', { name }).count(), String(name)).toBe(0)
  expect(await page.getByRole('combobox', { name: /^Role of/ }).count()).toBe(0)
  await page.goto('/settings')
  await page.getByRole('link', { name: 'Team and roles' }).waitFor()
  for (const name of ['API keys', 'Audit log']) expect(await page.getByRole('link', { name, exact: true }).count(), name).toBe(0)
  expect(await page.getByRole('button', { name: 'Save', exact: true }).count()).toBe(0)
  await page.goto('/import')
  await page.getByText('Your role sees imports').waitFor()
  expect(await page.getByText('Drop an order file here').count()).toBe(0)
  await page.goto('/integrations')
  await page.getByText('Your role sees what is connected').waitFor()
  expect(await page.getByRole('button', { name: /^Connect/ }).count()).toBe(0)
  expect(viewer.complaints).toEqual([])
})

it('answers a Viewer plainly who types the address, and refuses their programs by name of the permission', async () => {
  const { page } = viewer
  for (const path of ['/audit', '/api-keys', '/privacy']) {
    const answer = await page.goto(path)
    expect(answer?.status(), path).toBe(403)
    await page.getByRole('heading', { name: 'Your role does not include this' }).waitFor()
    await page.getByText('Ask an admin of your company').first().waitFor()
  }
  const refused: [string, string, unknown, string][] = [
    ['POST', '/invitations', { email: 'eve@evil.example', role: 'admin' }, 'team:manage'], ['PATCH', '/company', { name: 'Mine' }, 'company:write'], ['GET', '/audit-log', undefined, 'audit:read'],
    ['POST', '/transactions', [], 'records:write'], ['POST', '/api-keys', { name: 'k', role: 'viewer' }, 'api_keys:manage'],
  ]
  for (const [method, path, body, permission] of refused) {
    const { status, text } = await ask(page, method, path, body)
    expect([path, status]).toEqual([path, 403])
    expect(text).toContain(permission)
  }
  expect((await ask(page, 'GET', '/company')).status).toBe(200)
  // A browser notes each refusal itself; nothing else may be there.
  expect(viewer.complaints.splice(0).filter((line) => !line.includes('403'))).toEqual([])
})

it('loses phone and codes as a Viewer; an admin resets the second factor after being asked once more', async () => {
  await turnOnTwoSteps(viewer.page, VIEWERS_PASSWORD)
  const { page } = owner
  await page.goto('/team')
  await page.getByRole('button', { name: `Reset two-step sign-in of ${VIEWER}` }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByText('Make sure that it is they who ask').waitFor()
  await dialog.getByRole('button', { name: 'Reset', exact: true }).click()
  await page.getByText(`${VIEWER} signs in without a code`).waitFor()
  expect(await page.getByRole('button', { name: `Reset two-step sign-in of ${OWNER}` }).count()).toBe(0)
  expect(await letter(VIEWER, 'Your two-step sign-in was reset')).toContain(OWNER)
  await until('the Viewer’s session to be over', 15_000, async () => {
    await viewer.page.goto('/account')
    return new URL(viewer.page.url()).pathname === '/sign-in' ? true : null
  })
  await signIn(viewer.page, { email: VIEWER, password: VIEWERS_PASSWORD })
})

it.each([390, 1280])('signs somebody in with Google at %i pixels, by keyboard: first with a new company, then at once', async (width) => {
  const window = await openWindow(browser, stack.url, { width, dark: width === 390 })
  const { page } = window
  await page.goto('/sign-in')
  expect(await sidewaysOverflow(page)).toBeNull()
  expect(await page.getByRole('link', { name: /^Continue with/ }).allTextContents()).toEqual(['Continue with Google'])
  expect(await tabsTo(page, 'Continue with Google')).not.toBeNull()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: GOOGLE_EMAIL }).click()
  if (width === 390) {
    await page.getByRole('heading', { name: 'Register your company' }).waitFor()
    expect(await sidewaysOverflow(page)).toBeNull()
    await page.getByLabel('Company or shop').fill('Other Lantern')
    await page.getByRole('button', { name: 'Register', exact: true }).click()
  }
  await page.getByText('No orders yet').waitFor()
  await page.goto('/account')
  const card = page.getByRole('region', { name: 'Other ways to sign in' })
  await card.getByText(GOOGLE_EMAIL).waitFor()
  await card.getByText('Your only way in').waitFor()
  expect(await sidewaysOverflow(page)).toBeNull()
  expect(window.complaints).toEqual([])
  await window.context.close()
})

it('links Google with the password, and says in words what came to nothing', async () => {
  const { page } = viewer
  await page.goto('/account')
  const card = page.getByRole('region', { name: 'Other ways to sign in' })
  const begin = async (): Promise<void> => {
    await card.getByText('Link Google').click()
    await card.getByLabel('Your password').fill(VIEWERS_PASSWORD)
    await card.getByRole('button', { name: 'Go on to Google' }).click()
  }
  await begin()
  await page.getByRole('button', { name: GOOGLE_EMAIL }).click()
  await card.getByText('already opens another account here').waitFor()
  google.accounts.set('victor', { email: VIEWER, email_verified: true, hd: 'green-lantern.example', name: 'Victor' })
  await begin()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await card.getByText('you did not go through with it').waitFor()
  await begin()
  await page.getByRole('button', { name: VIEWER }).click()
  await card.getByText('Google opens your account from now on.').waitFor()
  await letter(VIEWER, 'Google can sign you in now')
  await card.getByRole('button', { name: 'Unlink Google' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Unlink', exact: true }).click()
  await card.getByText('Google does not open your account any more.').waitFor()
  expect(viewer.complaints).toEqual([])
  expect(owner.complaints).toEqual([])
})
