import { gzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { buildSnippet } from './browser-snippet.ts'

it('weighs less than 2 kB on its way, and needs no module loader', async () => {
  const code = await buildSnippet(fileURLToPath(new URL('..', import.meta.url)))
  expect(gzipSync(code).byteLength).toBeLessThan(2_000)
  expect(code).not.toMatch(/\b(import|export)\b/)
  expect(code).not.toContain('document.cookie')
})
