// What the product has mailed, as the .eml files it leaves on one machine.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The text of the newest mail to this address under this subject; null when there is none yet. */
export function mailTo(dataDir: string, to: string, subject: string): string | null {
  const folder = join(dataDir, 'mail')
  const files = existsSync(folder) ? readdirSync(folder).sort().reverse() : []
  for (const file of files) {
    const [head = '', body = ''] = readFileSync(join(folder, file), 'utf8').split('\r\n\r\n')
    if (head.includes(`To: <${to}>`) && head.includes(`Subject: ${subject}`)) return Buffer.from(body, 'base64').toString()
  }
  return null
}
