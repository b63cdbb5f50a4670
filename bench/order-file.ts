/**
 * Writes an order file as shops export them, of any length, as a stream: `node bench/order-file.ts FILE --lines 1000000`.
 * The ending of FILE says the format: .csv, .csv.gz, .jsonl, .jsonl.gz, .xlsx (at most 1,048,575 lines).
 */
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { createGzip } from 'node:zlib'
import { Zip, ZipDeflate, strToU8 } from 'fflate'

export interface FileOrder {
  orderId: string
  /** YYYY-MM-DD HH:MM:SS. */
  date: string
  /** Days since 1899-12-30, as spreadsheets count. */
  serial: number
  customer: number
  email: string
  amount: string
  product: number
}

const FIRST_DAY = 19_000
const SERIAL_OF_1970 = 25_569

/** The n-th order: always the same, so that no list is held. Four orders a customer on average, over two years. */
export function orderAt(n: number, lines: number): FileOrder {
  // Fibonacci hashing: spread evenly, without a state.
  const mix = Math.imul(n + 1, 2_654_435_769) >>> 0
  const minute = Math.floor((n / lines) * 730 * 1440)
  const serial = FIRST_DAY + SERIAL_OF_1970 + minute / 1440
  const customer = mix % Math.max(1, Math.floor(lines / 4))
  return {
    orderId: `N${100_000 + n}`, serial, customer, email: `buyer.${customer}@example.com`,
    date: new Date((FIRST_DAY * 1440 + minute) * 60_000).toISOString().slice(0, 19).replace('T', ' '),
    amount: (5 + (mix % 20_000) / 100).toFixed(2), product: mix % 500,
  }
}

const COLUMNS = ['order_id', 'date', 'customer_id', 'email', 'amount', 'product', 'quantity']

function* csvText(lines: number): Generator<string> {
  yield `${COLUMNS.join(',')}\n`
  for (let n = 0; n < lines; n++) {
    const o = orderAt(n, lines)
    yield `${o.orderId},${o.date},${o.customer},${o.email},${o.amount},"Product ${o.product}, large",1\n`
  }
}

function* jsonText(lines: number): Generator<string> {
  for (let n = 0; n < lines; n++) {
    const o = orderAt(n, lines)
    yield `${JSON.stringify({ externalId: o.orderId, occurredAt: `${o.date.replace(' ', 'T')}Z`, amount: o.amount, customer: { externalId: String(o.customer), email: o.email }, items: [{ name: `Product ${o.product}` }] })}\n`
  }
}

/** Pieces of text joined to what is worth a write. */
function* chunks(text: Iterable<string>): Generator<Uint8Array> {
  let held = ''
  for (const piece of text) {
    held += piece
    if (held.length < 65_536) continue
    yield strToU8(held)
    held = ''
  }
  yield strToU8(held)
}

function* sheetText(lines: number): Generator<string> {
  const cell = (column: string, row: number, shared: number): string => `<c r="${column}${row}" t="s"><v>${shared}</v></c>`
  yield '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
  yield COLUMNS.map((_, n) => cell('ABCDEFG'[n] ?? '', 1, n)).join('')
  yield '</row>'
  const [emails, products] = [COLUMNS.length, COLUMNS.length + Math.floor(lines / 4) + 1]
  for (let n = 0; n < lines; n++) {
    const o = orderAt(n, lines)
    const row = n + 2
    yield `<row r="${row}"><c r="A${row}" t="inlineStr"><is><t>${o.orderId}</t></is></c><c r="B${row}" s="1"><v>${o.serial}</v></c><c r="C${row}"><v>${o.customer}</v></c>${cell('D', row, emails + o.customer)}<c r="E${row}"><v>${o.amount}</v></c>${cell('F', row, products + o.product)}<c r="G${row}"><v>1</v></c></row>`
  }
  yield '</sheetData></worksheet>'
}

function* sharedText(lines: number): Generator<string> {
  yield '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
  for (const column of COLUMNS) yield `<si><t>${column}</t></si>`
  for (let n = 0; n <= Math.floor(lines / 4); n++) yield `<si><t>buyer.${n}@example.com</t></si>`
  for (let n = 0; n < 500; n++) yield `<si><t>Product ${n}</t></si>`
  yield '</sst>'
}

/** As Excel lays it out: the shared texts lie after the sheet that needs them. */
async function writeWorkbook(lines: number, write: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  const made: Uint8Array[] = []
  const zip = new Zip((error, bytes) => {
    if (error) throw error
    made.push(bytes)
  })
  const add = async (name: string, text: Iterable<string>): Promise<void> => {
    const entry = new ZipDeflate(name, { level: 1 })
    zip.add(entry)
    for (const bytes of chunks(text)) {
      entry.push(bytes)
      for (const one of made.splice(0)) await write(one)
    }
    entry.push(new Uint8Array(0), true)
  }
  await add('xl/workbook.xml', ['<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Orders" sheetId="1" r:id="rId1"/></sheets></workbook>'])
  await add('xl/_rels/workbook.xml.rels', ['<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.xml"/></Relationships>'])
  await add('xl/styles.xml', ['<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>'])
  await add('xl/worksheets/sheet1.xml', sheetText(lines))
  await add('xl/sharedStrings.xml', sharedText(lines))
  zip.end()
  for (const one of made.splice(0)) await write(one)
}

/** Writes the file; nothing of it is held. */
export async function writeOrderFile(path: string, lines: number): Promise<void> {
  const file = createWriteStream(path)
  const gzip = path.endsWith('.gz') ? createGzip({ level: 1 }) : null
  const target = gzip ?? file
  if (gzip) gzip.pipe(file)
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (!target.write(bytes)) await once(target, 'drain')
  }
  if (path.endsWith('.xlsx')) await writeWorkbook(lines, write)
  else for (const bytes of chunks(/\.jsonl(\.gz)?$/.test(path) ? jsonText(lines) : csvText(lines))) await write(bytes)
  target.end()
  await once(file, 'close')
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { lines: { type: 'string', default: '1000000' } } })
  const [path] = positionals
  if (path === undefined) throw new Error('node bench/order-file.ts FILE --lines N')
  await writeOrderFile(path, Number(values.lines))
}
