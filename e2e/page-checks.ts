// What must hold on every page: nothing sticks out sideways, and a keyboard reaches what a mouse does.
import type { Page } from 'playwright-core'

/** The page's title, its address and by how many pixels it is wider than the screen; null when it is not. */
export async function sidewaysOverflow(page: Page): Promise<string | null> {
  const { over, widest } = await page.evaluate(() => {
    const screen = document.documentElement.clientWidth
    const beyond = [...document.body.querySelectorAll('*')]
      .map((element) => ({ element, right: element.getBoundingClientRect().right }))
      .filter(({ right }) => right > screen + 1)
      .sort((a, b) => b.right - a.right)[0]
    return { over: document.documentElement.scrollWidth - screen, widest: beyond?.element.outerHTML.slice(0, 120) ?? '' }
  })
  return over > 1 ? `${page.url()} is ${over} px too wide: ${widest}` : null
}

/** Presses Tab until something with this accessible name has the focus; how many times, or null when it never has. */
export async function tabsTo(page: Page, name: string | RegExp, most = 60): Promise<number | null> {
  await page.evaluate(() => { if (document.activeElement instanceof HTMLElement) document.activeElement.blur() })
  for (let presses = 1; presses <= most; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement)) return ''
      const labels = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? [...(element.labels ?? [])].map((label) => label.textContent) : []
      return [element.getAttribute('aria-label'), ...labels, element.textContent].find((text) => (text ?? '').trim() !== '')?.trim() ?? ''
    })
    if (typeof name === 'string' ? focused === name : name.test(focused)) return presses
  }
  return null
}
