// What the product has mailed, as the .eml files it leaves on one machine.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readLetter } from '../tests/support/letter.ts'

/** The text of the newest mail to this address under this subject; null when there is none yet. */
export function mailTo(dataDir: string, to: string, subject: string): string | null {
  const folder = join(dataDir, 'mail')
  const files = existsSync(folder) ? readdirSync(folder).sort().reverse() : []
  for (const file of files) {
    const letter = readLetter(readFileSync(join(folder, file), 'utf8'))
    if (letter.to === to && letter.subject.startsWith(subject)) return letter.text
  }
  return null
}
