// The browser itself: it starts from npm's files and draws a page.
import { expect, it } from 'vitest'
import { launch } from './browser.ts'

it('starts two browsers at once and runs scripts', async () => {
  const browsers = await Promise.all([launch(), launch()])
  for (const browser of browsers) {
    const page = await browser.newPage()
    await page.setContent('<title>Before</title><script>document.title = 6 * 7</script>')
    expect(await page.title()).toBe('42')
    await browser.close()
  }
})
