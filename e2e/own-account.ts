// What a person does with their own account: a forgotten password, two-step sign-in, signing out.
import { generate } from 'otplib'
import type { Page } from 'playwright-core'
import { mailTo } from './mailbox.ts'
import { until } from './until.ts'

/** Asks for a link, takes it from the mail, and sets the password; ends on the page to sign in. */
export async function setForgottenPassword(page: Page, dataDir: string, email: string, password: string): Promise<void> {
  await page.goto('/forgot-password')
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.getByText('is on its way').waitFor()
  const mailed = await until('the mail with the link', 10_000, () => mailTo(dataDir, email, 'Set a new password'))
  await page.goto(/https?:\S+token=\S+/.exec(mailed)?.[0] ?? '')
  await page.getByLabel('New password').fill(password)
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByText('Your new password is set').waitFor()
}

/**
 * From any page of somebody signed in.
 * @returns the secret of the authenticator app, and the recovery codes
 * @throws Error when the QR code is not drawn or there are not ten recovery codes
 */
export async function turnOnTwoSteps(page: Page, password: string): Promise<{ secret: string; codes: string[] }> {
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Your account' }).click()
  const card = page.getByRole('region', { name: 'Two-step sign-in' })
  await card.getByLabel('Your password').fill(password)
  await card.getByRole('button', { name: 'Set up' }).click()
  const secret = ((await card.locator('code').textContent()) ?? '').replaceAll(' ', '')
  const drawn = await card.getByRole('img', { name: /QR code/ }).evaluate((image: HTMLImageElement) => image.naturalWidth)
  if (drawn === 0) throw new Error('The QR code is not drawn')
  await card.getByLabel('Six digits').fill(await generate({ secret }))
  await card.getByRole('button', { name: 'Turn on' }).click()
  await card.getByText('Your recovery codes').waitFor()
  const codes = await card.getByRole('listitem').allTextContents()
  if (codes.length !== 10) throw new Error(`${codes.length} recovery codes`)
  return { secret, codes }
}

/** Signs in by both steps: the password, then a code of either kind. */
export async function signInWithCode(page: Page, email: string, password: string, code: string): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByLabel('Code').fill(code)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL((url) => url.pathname === '/')
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByText('You are signed out').waitFor()
}
