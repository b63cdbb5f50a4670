// Keeps each mail the Worker sends as an .eml file that any mail program opens.
import { copyFileSync, mkdirSync, readdirSync, watch } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * Copies mails out of the emulator's own folder, which it deletes when it ends.
 *
 * @returns stops watching, after a last look
 */
export function keepMail(from: string, to: string): () => void {
  mkdirSync(from, { recursive: true })
  mkdirSync(to, { recursive: true })
  const kept = new Set<string>()
  const keep = (): void => {
    for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.eml') || kept.has(name)) continue
      const stamp = new Date().toISOString().replaceAll(':', '-')
      copyFileSync(join(from, name), join(to, `${stamp}-${basename(name)}`))
      kept.add(name)
    }
  }
  let due: NodeJS.Timeout | undefined
  const watcher = watch(from, { recursive: true }, () => {
    // A moment later the file is whole.
    due ??= setTimeout(() => {
      due = undefined
      keep()
    }, 200)
  })
  return () => {
    watcher.close()
    clearTimeout(due)
    try {
      keep()
    } catch {
      // The emulator has removed its folder already.
    }
  }
}
