// Makes worker/operations/common-passwords.ts from a JSON list of passwords: `node local/common-passwords.ts LIST.json "SOURCE"`.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** One in 100,000 passwords that nobody uses is taken for a common one. */
const BITS_EACH = 24
const HASHES = 16
/** Shorter ones say nothing about a long password that contains them. */
const SHORTEST = 4

const [file, source] = process.argv.slice(2)
if (file === undefined || source === undefined) {
  console.error('Write: node local/common-passwords.ts LIST.json "where it is from and its licence"')
  process.exit(1)
}
const list = z.array(z.string()).parse(JSON.parse(readFileSync(file, 'utf8')))
const words = [...new Set(list.map((word) => word.normalize('NFKC').toLowerCase()))].filter((word) => word.length >= SHORTEST)
const bytes = new Uint8Array(Math.ceil((words.length * BITS_EACH) / 8))
for (const word of words) {
  // Two halves of one digest stand in for any number of hashes (Kirsch and Mitzenmacher).
  const digest = createHash('sha256').update(word).digest()
  const first = digest.readUInt32BE(0), second = digest.readUInt32BE(4)
  for (let n = 0; n < HASHES; n++) {
    const bit = (first + n * second) % (bytes.length * 8)
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7))
  }
}
writeFileSync(
  fileURLToPath(new URL('../worker/operations/common-passwords.ts', import.meta.url)),
  `/**
 * Made by local/common-passwords.ts: a Bloom filter of ${words.length} common passwords of ${SHORTEST} characters and more.
 * Source: ${source}
 */

/** Hashes of one word. */
export const HASHES = ${HASHES};

/** The filter's bits, base64. */
export const FILTER = '${Buffer.from(bytes).toString('base64')}';
`,
)
console.log(`${words.length} passwords, ${bytes.length} bytes`)
