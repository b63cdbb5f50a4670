// The pictures of every page, when everything is run: none sticks out, none complains.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadDemo } from '../local/demo/load.ts'
import type { Stack } from '../local/stack.ts'
import { launch } from './browser.ts'
import { startEmptyStack } from './empty-stack.ts'
import { NO_LIMITS } from './merchant.ts'
import { PICTURES, takeShots } from './shots.ts'

describe.skipIf(process.env.FULL !== '1')('every page of the demo shop', () => {
  let stack: Stack
  let browser: Browser

  beforeAll(async () => {
    stack = await startEmptyStack({ vars: NO_LIMITS })
    await loadDemo({ baseUrl: stack.url, operatorToken: stack.operatorToken, dataDir: stack.dataDir, customers: 2_000, log: () => undefined })
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await stack?.stop()
  })

  it('is pictured on phone and desk, light and dark', async () => {
    const { pictures, problems } = await takeShots(browser, stack.url)
    expect(problems).toEqual([])
    expect(pictures).toBe(PICTURES)
  }, 400_000)
})
